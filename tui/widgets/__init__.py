"""What the screens are made of: banks of meters, lines of text, and the canvas they are drawn on."""
