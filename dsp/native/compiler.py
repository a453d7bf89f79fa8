"""From kernels to one object of native code: everything lowered once, linked, optimised once, emitted.

    function ─▶ numba: types ─▶ LLVM, unoptimised ─╮
    function ─▶ …                                 ├─▶ one module ─▶ optimised ─▶ object for one machine
    entry: plain C, around a function ────────────╯

Numba by itself would link, optimise and generate each function again for each of its callers.  Its compiler
is used here without its dispatchers: a kernel that is called in another one is a type of its own, whose call
is compiled into the same module.  Numbers written in a call count by their type, not by their value.

Nothing can be raised: where a function might, it calls `RAISED`, which nobody has.  If that is still there
after optimising, the module is refused, as it is for whatever else is called but kernels and `EXTERNAL`.
"""

import dataclasses
from collections.abc import Callable, Collection, Sequence
from typing import Any

import llvmlite.binding as llvm
from llvmlite import ir
from numba import types
from numba.core import (
    callconv,
    cgutils,
    codegen,
    compiler,
    cpu,
    errors,
    ir_utils,
    registry,
    ssa,
    transforms,
    typed_passes,
    typing,
    untyped_passes,
)
from numba.core.compiler_lock import global_compiler_lock
from numba.core.compiler_machinery import PassManager, register_pass
from numba.core.imputils import lower_constant
from numba.extending import models, register_model, typeof_impl

from dsp.native import (  # noqa: F401  what kernels call is taught by importing it
    doubles,
    machine,
    places,
    rings,
    rows,
    vector,
)
from dsp.native.door import CompileError, Door, type_of
from dsp.native.kernel import Entry, Kernel

OPTIONS: dict[str, Any] = {
    "nopython": True,
    "nogil": True,
    "boundscheck": False,
    "error_model": "numpy",
    "no_cpython_wrapper": True,
    "no_cfunc_wrapper": True,
    "_nrt": False,
}
# No fastmath: the guard against NaN is a comparison that must survive the optimiser, and what one machine
# fuses and another does not would be heard as other bytes.

MATHEMATICS = ("cos", "exp", "exp2", "log", "log2", "log10", "pow", "sin", "sincos", "tan", "tanh")
EXTERNAL = {"memset", "memcpy", "memmove", "clock_gettime", "nanosleep"}
EXTERNAL |= {name + kind for name in MATHEMATICS for kind in ("", "f")}
"""What compiled code may call that is not a kernel: the C library's, without locks."""
RAISED = "a_kernel_raises"

@dataclasses.dataclass(frozen=True)
class Target:
    """A machine to compile for, in LLVM's words, and the bits of its registers: 128, 256 or 512."""

    triple: str
    cpu: str
    features: str = ""
    bits: int = 128


LEVELS = {
    "x86-64-v2": Target("x86_64-unknown-linux-gnu", "x86-64-v2"),
    "x86-64-v3": Target("x86_64-unknown-linux-gnu", "x86-64-v3", bits=256),
    "x86-64-v4": Target("x86_64-unknown-linux-gnu", "x86-64-v4", bits=512),
    "aarch64": Target("aarch64-unknown-linux-gnu", "cortex-a72"),
}
"""Machines that a wheel has native code for."""


def host() -> Target:
    """Describe this machine."""
    can = llvm.get_host_cpu_features()
    bits = 512 if can.get("avx512f", False) else 256 if can.get("avx2", False) else 128
    return Target(llvm.get_process_triple(), llvm.get_host_cpu_name(), can.flatten(), bits)


@global_compiler_lock
def build(
    entries: Sequence[Entry], targets: Sequence[Target], finished: Callable[[str], None] = lambda name: None
) -> list[bytes]:
    """Compile entries and all that they call.

    Parameters
    ----------
    entries : sequence of Entry
    targets : sequence of Target
        Machines that differ in what they can do, not in how they are called: one triple.
    finished : callable, optional
        Called with the name of each function that has been lowered.

    Returns
    -------
    objects : list of bytes
        One for each target, relocatable and position-independent; each entry is a symbol with its kernel's name.
    """
    names = {entry.kernel.name for entry in entries}
    modules: dict[int, Session] = {}
    for target in targets:
        if target.bits not in modules:
            modules[target.bits] = Session(target, finished)
            for entry in entries:
                modules[target.bits].enter(entry)
    objects = []
    for number, target in enumerate(targets, 1):
        again = any(other.bits == target.bits for other in targets[number:])
        objects.append(modules[target.bits].emit(names, target, again))
    return objects


# --- numba, taught what a kernel is ---------------------------------------------------------------


class _KernelType(types.Callable):
    """Type of a kernel that a kernel calls."""

    def __init__(self, kernel: Kernel) -> None:
        self.kernel = kernel
        super().__init__(f"kernel({kernel.name} at {id(kernel)})")

    def get_call_type(self, context: Any, args: Any, kws: Any) -> Any:
        if kws:
            raise errors.TypingError(f"{self.kernel.name} is called with names: kernels take arguments by their place")
        return Session.current[-1].function(self.kernel, args).signature

    def get_call_signatures(self) -> tuple[list[Any], bool]:
        return [], True

    def get_impl_key(self, sig: Any) -> Any:
        return Session.current[-1].function(self.kernel, sig.args).entry_point


@typeof_impl.register(Kernel)
def _type_of_kernel(kernel: Kernel, _context: Any) -> _KernelType:
    return _KernelType(kernel)


register_model(_KernelType)(models.OpaqueModel)


def _spell_once(kind: Any) -> None:
    """Have types remember what they are called: that is asked thousands of times, and a record's name is long."""
    spell = kind.__repr__

    def remembered(self: Any) -> str:
        if "spelt" not in vars(self):
            self.spelt = spell(self)
        return str(self.spelt)

    kind.__repr__ = remembered


_spell_once(types.Record)
_spell_once(types.NestedArray)


@lower_constant(_KernelType)
def _no_value(context: Any, _builder: Any, _kind: Any, _kernel: Any) -> Any:
    return context.get_dummy_value()


class _CallConvention(callconv.CPUCallConv):
    """Numba's calls without its errors: there are none, and where one would arise nobody is called."""

    def return_user_exc(self, builder: Any, *_: Any, **__: Any) -> None:
        kind = ir.FunctionType(ir.VoidType(), [])
        builder.call(cgutils.get_or_insert_function(builder.module, kind, RAISED), [])
        self._return_errcode_raw(builder, callconv.RETCODE_OK)

    return_dynamic_user_exc = return_user_exc

    def return_status_propagate(self, builder: Any, status: Any) -> None:
        builder.unreachable()

    def _get_return_status(self, builder: Any, code: Any, excinfoptr: Any) -> Any:
        yes, no = cgutils.true_bit, cgutils.false_bit
        return super()._get_return_status(builder, code, excinfoptr)._replace(is_ok=yes, is_error=no)


class _Typing(typing.Context):
    """What numba knows of types; what it has found out about a call it need not find out again."""

    def __init__(self, bits: int) -> None:
        shared = registry.cpu_target.typing_context
        shared.refresh()
        self.__dict__.update(shared.__dict__)
        self.bits = bits
        self._known: dict[Any, Any] = {}

    def refresh(self) -> None:
        """Nothing is declared any more once a session has begun."""

    def resolve_function_type(self, func: Any, args: Any, kws: Any) -> Any:
        """Signature of a call."""
        call = func, tuple(args), tuple(dict(kws).items())
        if call not in self._known:
            self._known[call] = super().resolve_function_type(func, args, kws)
        return self._known[call]


class _Context(cpu.CPUContext):
    """What numba knows of the machine, its calls and the module."""

    def __init__(self, target: "_Codegen", bits: int) -> None:
        shared = registry.cpu_target.target_context
        shared.refresh()
        self.__dict__.update(shared.__dict__)
        self.bits = bits
        self._internal_codegen = target
        self.cached_internal_func: dict[Any, Any] = {}

    @property
    def call_conv(self) -> _CallConvention:
        return _CallConvention(self)

    def refresh(self) -> None:
        """Take what has been declared since: intrinsics, when they are first called."""
        for declared in tuple(self._registries):
            self.install_registry(declared)

    def post_lowering(self, mod: Any, library: Any) -> None:
        """Leave numba's own library out."""


@register_pass(mutates_CFG=True, analysis_only=False)
class _Ssa(untyped_passes.ReconstructSSA):
    """Each variable is assigned once.  How long it lives is not asked: nothing is counted, so nothing is deleted."""

    _name = "kernel_ssa"

    def run_pass(self, state: Any) -> bool:
        state.func_ir.blocks = transforms.canonicalize_cfg(state.func_ir.blocks)
        state.func_ir = ssa.reconstruct_ssa(state.func_ir)
        state.func_ir._definitions = ir_utils.build_definitions(state.func_ir.blocks)
        return True


@register_pass(mutates_CFG=True, analysis_only=False)
class _NoPhis(typed_passes.PreLowerStripPhis):
    """What is assigned on several ways is assigned on each: the same again without lives."""

    _name = "kernel_no_phis"

    def run_pass(self, state: Any) -> bool:
        state.func_ir = self._strip_phi_nodes(state.func_ir)
        state.func_ir._definitions = ir_utils.build_definitions(state.func_ir.blocks)
        return True


class _Passes(compiler.CompilerBase):
    """What numba does with a function: no rewriting, LLVM does that."""

    def define_pipelines(self) -> list[PassManager]:
        steps = PassManager("kernel")
        for step in (
            untyped_passes.TranslateByteCode, untyped_passes.FixupArgs, _Ssa, typed_passes.NopythonTypeInference,
            _NoPhis, typed_passes.NativeLowering, typed_passes.NoPythonBackend,
        ):  # fmt: skip
            steps.add_pass(step, step.__name__)
        steps.finalize()
        return [steps]


class _Library(codegen.CPUCodeLibrary):
    """What numba takes for a function's code: everything goes into the one module at once."""

    def add_ir_module(self, ir_module: Any) -> None:
        self._codegen.take(llvm.parse_assembly(cgutils.normalize_ir_text(str(ir_module))))

    def add_linking_library(self, library: Any) -> None:
        if isinstance(library, _Library):
            return
        self._codegen.take(library._get_module_for_linking().clone())

    def _finalize_specific(self) -> None:
        """Nothing is finished here."""


def _machine(target: Target) -> Any:
    """LLVM's generator of code for a machine."""
    return llvm.Target.from_triple(target.triple).create_target_machine(
        cpu=target.cpu, features=target.features, opt=3, reloc="pic", codemodel="default"
    )


class _Codegen(codegen.CPUCodegen):
    """Numba's view of the machine that is compiled for."""

    _library_class = _Library

    def __init__(self, target: Target) -> None:
        self._target = target
        super().__init__("kernels")
        self._parts = [(1, llvm.parse_assembly(str(self._create_empty_module("kernels"))))]

    def _init(self, llvm_module: Any) -> None:
        llvm.initialize_all_targets()
        llvm.initialize_all_asmprinters()
        self._tm_features = self._target.features
        self._tm = _machine(self._target)
        self._target_data = self._tm.target_data
        self._data_layout = str(self._target_data)

    def _create_empty_module(self, name: str) -> Any:
        module = super()._create_empty_module(name)
        module.triple = self._target.triple
        return module

    def _add_module(self, module: Any) -> None:
        """Nothing is loaded here."""

    def take(self, module: Any) -> None:
        """Put a module into the one; what it defines may be there already.

        Linking looks through all that is there, so as much as comes waits for as much again.
        """
        for function in module.functions:
            if not function.is_declaration:
                function.linkage = "weak_odr"
        module.data_layout = self._data_layout
        self._parts.append((1, module))
        while len(self._parts) > 1 and self._parts[-1][0] == self._parts[-2][0]:
            self._link_last()

    @property
    def module(self) -> Any:
        """All that was taken, in one."""
        while len(self._parts) > 1:
            self._link_last()
        return self._parts[0][1]

    def _link_last(self) -> None:
        """Make one of the last two parts."""
        (count, into), (more, module) = self._parts[-2:]
        into.link_in(module)
        self._parts[-2:] = [(count + more, into)]


class Session:
    """One module in the making, for machines whose registers are as wide.

    Parameters
    ----------
    target : Target
    finished : callable
        Called with the name of each function that has been lowered.
    """

    current: list["Session"] = []  # noqa: RUF012

    def __init__(self, target: Target, finished: Callable[[str], None]) -> None:
        self._codegen = _Codegen(target)
        self._typing = _Typing(target.bits)
        self._context = _Context(self._codegen, target.bits)
        self._finished = finished
        self._functions: dict[Any, Any] = {}

    def function(self, kernel: Kernel, kinds: Sequence[Any]) -> Any:
        """Lower a kernel for arguments of these types, once."""
        kinds = tuple(types.unliteral(kind) for kind in kinds)
        if (kernel, kinds) not in self._functions:
            self._functions[kernel, kinds] = self._lower(kernel, kinds)
            self._finished(kernel.name)
        return self._functions[kernel, kinds]

    def _lower(self, kernel: Kernel, kinds: tuple[Any, ...]) -> Any:
        flags = compiler.Flags()
        cpu.CPUTargetOptions.parse_as_flags(flags, OPTIONS | {"forceinline": kernel.inlined})
        flags.no_compile = True
        try:
            made = compiler.compile_extra(
                self._typing, self._context, kernel.py_func, kinds, None, flags, {}, pipeline_class=_Passes
            )
        except (errors.NumbaError, RuntimeError) as error:
            raise CompileError(f"{kernel.name} can't be native code: {error}") from error
        entry_point = object()
        self._context.insert_user_function(entry_point, made.fndesc, [])
        return made._replace(entry_point=entry_point)

    def enter(self, entry: Entry) -> None:
        """Make an entry."""
        Session.current.append(self)
        try:
            made = self.function(entry.kernel, [type_of(kind) for kind in entry.kinds])
        finally:
            Session.current.pop()
        Door(self._context, entry, made).write(self._codegen)

    def emit(self, names: Collection[str], target: Target, again: bool) -> bytes:
        """Optimise the module for a machine and make its object; a copy of it where it is needed `again`."""
        module = self._codegen.module.clone() if again else self._codegen.module
        for function in module.functions:
            if not function.is_declaration:
                function.linkage = "external" if function.name in names else "internal"
        for variable in module.global_variables:
            if not variable.is_declaration:
                variable.linkage = "internal"
        module.verify()
        generator = _machine(target)
        # What a third level adds takes two seconds, and the desk is no faster for it.
        tuning = llvm.create_pipeline_tuning_options(speed_level=2)
        tuning.loop_vectorization = tuning.slp_vectorization = True
        # Unrolled, the console is half as long again and takes a second more to make, and the desk is no faster.
        tuning.loop_unrolling = False
        builder = llvm.create_pass_builder(generator, tuning)
        builder.getModulePassManager().run(module, builder)
        self._refuse_strangers(module)
        emitted: bytes = generator.emit_object(module)
        return emitted

    def _refuse_strangers(self, module: Any) -> None:
        declared = {each.name for each in module.functions if each.is_declaration}
        strangers = {name for name in declared if not name.startswith("llvm.")} - EXTERNAL
        if RAISED in strangers:
            raise CompileError("a kernel can raise: a division of Python's, an assertion, or an index that is checked")
        if strangers:
            raise CompileError(f"kernels call {', '.join(sorted(strangers))}, which the audio thread may not")
