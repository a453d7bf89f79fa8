"""Audio files are read as they are, complaints name the file, and only a whole file has its name."""

import numpy as np
import pytest
import soundfile

from daemon.audio import audiofile


def noise(frames, channels, seed=1):
    return np.random.default_rng(seed).standard_normal((frames, channels), np.float32)


def write(path, signal, rate=48_000, **options):
    soundfile.write(path, signal, rate, **{"subtype": "FLOAT", **options})
    return signal


def read_all(path, block=1_000):
    with audiofile.Source(path) as source:
        blocks = [source.read(block)]
        while len(blocks[-1]):
            blocks.append(source.read(block))
    return np.concatenate(blocks)


@pytest.mark.parametrize("block", [64, 1_000, 5_000])
def test_a_multichannel_file_is_read_bit_for_bit_in_any_blocks(tmp_path, block):
    signal = write(tmp_path / "show.wav", noise(2_500, 5))
    assert np.array_equal(read_all(tmp_path / "show.wav", block), signal)


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("show.flac", {"subtype": "PCM_24"}),
        ("show.rf64", {"format": "RF64"}),
        ("show.wav", {"format": "WAVEX"}),
    ],
)
def test_every_usual_container_is_read(tmp_path, name, options):
    signal = write(tmp_path / name, np.float32(0.1) * noise(1_000, 3), **options)
    assert read_all(tmp_path / name) == pytest.approx(signal, abs=2**-23)


def test_the_files_of_a_folder_are_channels_in_the_order_of_their_numbers(tmp_path):
    names = ("2 snare.wav", "10 keys.wav", "1 kick.wav")
    signals = {name: noise(500, 1, seed) for seed, name in enumerate(names)}
    for name, signal in signals.items():
        write(tmp_path / name, signal)
    expected = np.hstack([signals[name] for name in ("1 kick.wav", "2 snare.wav", "10 keys.wav")])
    assert np.array_equal(read_all(tmp_path), expected)


def test_a_shorter_file_is_followed_by_silence(tmp_path):
    long = write(tmp_path / "1.wav", noise(2_500, 1))
    short = write(tmp_path / "2.wav", noise(1_300, 1))
    padded = np.vstack([short, np.zeros((1_200, 1), np.float32)])
    assert np.array_equal(read_all(tmp_path), np.hstack([long, padded]))


def test_what_is_not_audio_is_left_aside(tmp_path):
    signal = write(tmp_path / "kick.wav", noise(100, 1))
    (tmp_path / "notes.txt").write_text("capo 2")
    (tmp_path / "._kick.wav").write_bytes(b"a Mac was here")
    assert np.array_equal(read_all(tmp_path), signal)


def test_a_source_can_be_read_again_from_the_beginning(tmp_path):
    signal = write(tmp_path / "kick.wav", noise(100, 1))
    with audiofile.Source(tmp_path) as source:
        source.read(70)
        source.rewind()
        assert np.array_equal(source.read(100), signal)


def test_a_stereo_file_in_a_folder_is_named(tmp_path):
    write(tmp_path / "1-kick.wav", noise(100, 1))
    write(tmp_path / "2-keys.wav", noise(100, 2))
    with pytest.raises(audiofile.AudioFileError, match=r"2-keys\.wav: has 2 channels"):
        audiofile.Source(tmp_path)


def test_a_file_of_another_rate_is_named(tmp_path):
    write(tmp_path / "1-kick.wav", noise(100, 1))
    write(tmp_path / "2-keys.wav", noise(100, 1), rate=44_100)
    with pytest.raises(audiofile.AudioFileError, match=r"2-keys\.wav: is at 44100 Hz, but 1-kick\.wav"):
        audiofile.Source(tmp_path)


def test_a_file_that_is_no_audio_is_named(tmp_path):
    write(tmp_path / "1-kick.wav", noise(100, 1))
    (tmp_path / "2-keys.wav").write_bytes(b"not a note")
    with pytest.raises(audiofile.AudioFileError, match=r"2-keys\.wav: can't be read as audio: Format"):
        audiofile.Source(tmp_path)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(audiofile.AudioFileError, match=r"nowhere\.wav: no such file or folder"):
        audiofile.Source(tmp_path / "nowhere.wav")


def test_an_empty_folder_is_named(tmp_path):
    with pytest.raises(audiofile.AudioFileError, match=f"{tmp_path}: no audio files here"):
        audiofile.Source(tmp_path)


@pytest.mark.parametrize("channels", [1, 2, 34])
def test_what_is_written_is_read_back_bit_for_bit(tmp_path, channels):
    signal = noise(1_000, channels)
    with audiofile.Writer(tmp_path / "mix.wav", 96_000, channels) as writer:
        for start in range(0, 1_000, 300):
            writer.write(signal[start : start + 300])
    read, rate = soundfile.read(tmp_path / "mix.wav", dtype="float32", always_2d=True)
    assert rate == 96_000
    assert np.array_equal(read, signal)


def test_what_is_not_a_number_is_written_as_silence(tmp_path):
    with audiofile.Writer(tmp_path / "mix.wav", 48_000, 1) as writer:
        writer.write(np.array([[0.5], [np.nan], [np.inf], [-np.inf], [-0.5]], np.float32))
    assert soundfile.read(tmp_path / "mix.wav")[0].tolist() == [0.5, 0, 0, 0, -0.5]


def test_a_file_too_large_for_wav_is_completed_as_rf64(tmp_path, monkeypatch):
    monkeypatch.setattr(audiofile, "RIFF_LIMIT", 10_000)
    signal = noise(2_000, 3)
    with audiofile.Writer(tmp_path / "mix.wav", 48_000, 3) as writer:
        writer.write(signal)
    assert soundfile.info(tmp_path / "mix.wav").format == "RF64"
    assert np.array_equal(soundfile.read(tmp_path / "mix.wav", dtype="float32")[0], signal)


def test_a_size_that_fits_into_wav_to_the_last_byte_is_wav(tmp_path):
    with audiofile.Writer(tmp_path / "mix.wav", 48_000, 1) as writer:
        writer.frames = (audiofile.RIFF_LIMIT - audiofile.HEADER.size + 8) // 4
        fits = writer._header()
        writer.frames += 1
        exceeds = writer._header()
        writer.frames = 0
    assert (fits[:4], exceeds[:4]) == (b"RIFF", b"RF64")


def test_a_file_has_its_name_only_when_it_is_whole(tmp_path):
    path = tmp_path / "mix.wav"
    with audiofile.Writer(path, 48_000, 1) as writer:
        writer.write(noise(100, 1))
        assert not path.exists()
    assert path.exists()


def test_a_render_that_fails_leaves_the_old_file_and_nothing_else(tmp_path):
    (tmp_path / "mix.wav").write_bytes(b"yesterday")

    def fail():
        with audiofile.Writer(tmp_path / "mix.wav", 48_000, 1) as writer:
            writer.write(noise(100, 1))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert [path.name for path in tmp_path.iterdir()] == ["mix.wav"]
    assert (tmp_path / "mix.wav").read_bytes() == b"yesterday"


def test_a_place_that_can_not_be_written_is_named(tmp_path):
    with pytest.raises(audiofile.AudioFileError, match=r"mix\.wav: can't be written: No such file"):
        audiofile.Writer(tmp_path / "nowhere" / "mix.wav", 48_000, 1)


# --- samples of 24 bits ---------------------------------------------------------------------------------


def packed_file(path, channels, kind="WAV", before=b"", after=b""):
    """A file of random samples of 24 bits, with chunks before and after them; return the samples as floats."""
    samples = np.random.default_rng(5).integers(-(2**23), 2**23, (5003, channels), np.int32)
    samples[0], samples[1] = -(2**23), 2**23 - 1
    soundfile.write(path, samples * 256, 48_000, "PCM_24", format=kind)
    whole = path.read_bytes()
    path.write_bytes(whole.replace(b"data", before + b"data", 1) + after)
    return (samples / 2**23).astype(np.float32)


@pytest.mark.parametrize("kind", ["WAV", "WAVEX", "RF64", "AIFF", "FLAC"])
@pytest.mark.parametrize("channels", [1, 5, 8])
def test_samples_of_24_bits_are_read_bit_for_bit_from_every_container(tmp_path, kind, channels):
    wanted = packed_file(tmp_path / "in", channels, kind)
    with audiofile.Source(tmp_path / "in") as source:
        heard = [source.read(1000) for _ in range(7)]
        source.rewind()
        np.testing.assert_array_equal(source.read(5003), wanted)
    assert [len(block) for block in heard] == [1000] * 5 + [3, 0]
    np.testing.assert_array_equal(np.concatenate(heard), wanted)


def test_chunks_around_the_samples_are_not_heard(tmp_path):
    wanted = packed_file(
        tmp_path / "in.wav", 2, before=b"JUNK\x03\x00\x00\x00abc\x00", after=b"LIST\x04\x00\x00\x00name"
    )
    with audiofile.Source(tmp_path / "in.wav") as source:
        np.testing.assert_array_equal(source.read(6000), wanted)


def test_a_short_file_of_24_bits_in_a_folder_is_followed_by_silence(tmp_path):
    wanted = packed_file(tmp_path / "1.wav", 1, after=b"LIST\x04\x00\x00\x00name")
    soundfile.write(tmp_path / "2.wav", np.zeros(6000), 48_000, "PCM_24")
    with audiofile.Source(tmp_path) as source:
        heard = np.concatenate([source.read(512) for _ in range(12)])
    np.testing.assert_array_equal(heard[:5003, 0], wanted[:, 0])
    assert not heard[5003:].any()
