"""Pieces of reStructuredText for feedback."""

CLASSES = ('success', 'info', 'warning', 'danger')


def get_codeblock(language, text):
    """Return a block of code, coloured as language ("" for none)."""
    lines = [line for line in text.splitlines() if line.strip()]
    # Where all lines begin with blanks, readers of the block would take them for its indent: an option shows where that is.
    margin = '\t:class: output\n' if lines and all(line[0] in ' \t' for line in lines) else ''
    return '\n\n.. code-block:: %s\n%s\n%s\n' % (language, margin, indent_block(1, text))


def get_imageblock(filename, format=''):
    """Return an image of the file, inlined; format is "png", "gif" ..., by default the file's extension.

    Raises OSError when the file cannot be read.
    """
    import os
    from binascii import b2a_base64

    from gradeport_files import read_file

    data = b2a_base64(read_file(filename), newline=False).decode()
    kind = format or os.path.splitext(filename)[1][1:]
    return '\n\n.. raw:: html\n\n\t<img src="data:image/%s;base64,%s">\n' % (kind, data)


def get_admonition(cssclass, title, text):
    """Return a box of class "success", "info", "warning" or "danger"; without a title it is a note."""
    css = cssclass if cssclass in CLASSES else 'info'
    head = 'admonition:: ' + title if title else 'note:: '
    return '\n\n.. %s\n\t:class: alert alert-%s\n\n%s\n' % (head, css, indent_block(1, text))


def indent_block(amount, text, indent_char='\t'):
    """Return text with amount indent_chars before each line; a negative amount
    removes the indent_chars among the first columns of each line.  The result ends with one newline."""
    lines = text.splitlines()
    if amount < 0:
        lines = [line[:-amount].replace(indent_char, '') + line[-amount:] for line in lines]
    else:
        lines = [indent_char * amount + line for line in lines]
    return '\n'.join(lines) + '\n'
