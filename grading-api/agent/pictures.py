"""Pictures within a grader's feedback: where the file has no room for them, the largest are left out, and words stay."""
import re

# Within JSON a line end is an escape, and some programs escape "/".
PICTURE = re.compile(rb'(data:image/)[A-Za-z.+-]{1,30};base64,((?:[A-Za-z0-9+/=]|\\[/nrt]){4096,})')
MARK = b'%sgradeport-left-out;base64,%d'  # pictures.ts makes a sentence of it


def without_largest(data, limit):
    """Return the JSON bytes with marks in the place of the largest pictures, as many as needed for limit bytes."""
    found = sorted(PICTURE.finditer(data), key=lambda each: len(each.group(2)), reverse=True)
    over, out = len(data) - limit, []
    while found and over > 0:
        picture = found.pop(0)
        mark = MARK % (picture.group(1), len(picture.group(2)) * 3 // 4)
        over -= len(picture.group(0)) - len(mark)
        out.append((picture.span(), mark))
    for (start, end), mark in sorted(out, reverse=True):
        data = data[:start] + mark + data[end:]
    return data
