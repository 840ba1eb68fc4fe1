"""Units: fen and kilobytes are counted in whole numbers, yuan and GB are for people."""

FEN_PER_YUAN = 100
KB_PER_GB = 1_000_000  # decimal, as the carriers bill
MB_PER_GB = 1_000
LINES_PER_MILLION = 1_000_000
MONTHS_PER_YEAR = 12
