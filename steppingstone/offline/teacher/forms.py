"""The steps that the teacher knows: statements that turn a value of one kind into one of the same or another kind.

Every value has the name of its kind, so that a program can be taken apart again from its source alone. A `|` ends a line
of a form; where nothing follows it, the form goes on in the next row here. Placeholders: {a} 2-9, {b} 3-60, {s} 2-5,
{r} below {s}, {k} 2-4, {m} 40-990, {c} and {d} letters, {t} a short text, {op} an operator.
"""

from dataclasses import dataclass

_FORMS = {
    ("number", "number"): """
        number = number * {a} + {b} ## multiplies
        number = number {op} {b} ## combines with a constant
        number = abs(number - {b}) * {s} ## takes a distance
        number = number % {m} ## takes a remainder
        number = number // {s} + {b} ## divides
        if number % {s} == {r}:|    number = number // {s}|else:|
            number = number * {a} + {b} ## treats multiples apart
        if number > {m}:|    number = number - {m}|else:|    number = number * {s} + {b} ## treats large ones apart
        for turn in range({k}):|    number = (number * {a} + turn + {b}) % {m} ## repeats a remainder
        total = {b}|for digit in str(abs(number)):|    total = total * {s} + int(digit)|
        number = total ## goes over digits
        total = number|while total > {m}:|    total = total // {s} + {b} % {s}|number = total ## shrinks until small
    """,
    ("number", "numbers"): """
        numbers = [number // {s} + place * {a} for place in range({k} + 2)] ## makes a row
        numbers = [int(digit) for digit in str(abs(number))] ## takes digits
        numbers = list(divmod(number, {a} + 9)) + [number % {s}] ## divides with remainder
    """,
    ("number", "text"): """
        text = str(number * {a}) ## writes out a number
        text = bin(abs(number))[2:] ## writes binary
        text = hex(abs(number) + {b})[2:] ## writes hexadecimal
    """,
    ("number", "pair"): """
        pair = divmod(number, {a} + 9) ## divides with remainder
        pair = (number % {m}, number // {s}) ## splits a number
    """,
    ("text", "text"): """
        text = text[::-1] ## reverses
        text = text.swapcase() ## changes case
        text = text.title() ## changes case
        text = text.replace({c}, {d}) ## replaces a letter
        text = text + {t} ## appends
        text = text[{s}:] + text[:{s}] ## rotates
        text = text[::2] + text[1::2] ## regroups
        text = ''.join(sorted(text)) ## sorts
        text = ''.join((c for c in text if c not in {t})) ## removes letters
        text = ''.join((c + c if c in {t} else c for c in text)) ## doubles letters
        text = ''.join((chr((ord(c) - 97 + {a}) % 26 + 97) if 'a' <= c <= 'z' else c for c in text)) ## shifts letters
        kept = ''|for place, c in enumerate(text):|    if place % {s} == {r}:|        kept = kept + c.upper()|
            else:|        kept = c + kept|text = kept ## treats every few places apart
        kept = {c}|for c in text:|    if c in {t}:|        kept = kept[::-1] + c|    else:|        kept = kept + c|
        text = kept ## turns round at some letters
    """,
    ("text", "number"): """
        number = len(text) * {a} + {b} ## measures length
        number = sum((ord(c) for c in text)) % {m} ## adds codes
        number = text.count({c}) * {a} + len(text) ## counts a letter
        code = {b}|for c in text:|    code = (code * {a} + ord(c)) % {m}|number = code ## makes a check sum
    """,
    ("text", "numbers"): """
        numbers = [ord(c) - {b} for c in text] ## takes codes
        numbers = [place for place, c in enumerate(text) if c in {t}] ## finds places
        numbers = [text.count(c) + place for place, c in enumerate(text)] ## counts letters
    """,
    ("text", "words"): """
        words = text.split({c}) ## splits
        words = [text[place:place + {s}] for place in range(0, len(text), {s})] ## cuts in parts
    """,
    ("text", "table"): """
        table = {{c: text.count(c) for c in sorted(set(text))}} ## counts letters
        table = {{c: place for place, c in enumerate(text)}} ## maps letters to places
    """,
    ("numbers", "numbers"): """
        numbers = [n * {a} + {b} for n in numbers] ## multiplies
        numbers = [n {op} {b} for n in numbers] ## combines with a constant
        numbers = [n % {m} for n in numbers] ## takes remainders
        numbers = numbers[::-1] ## reverses
        numbers = sorted(numbers) ## sorts
        numbers = [n for n in numbers if n % {s} != {r}] ## filters multiples
        numbers = [n for n in numbers if n > {b}] ## filters small ones
        numbers = numbers[{s}:] + numbers[:{s}] ## rotates
        numbers = [n + place * {a} for place, n in enumerate(numbers)] ## adds places
        numbers = [right - left for left, right in zip(numbers, numbers[1:])] ## takes differences
        numbers = sorted(set(numbers)) ## sorts without repetition
        total = {b}|running = []|for n in numbers:|    total = (total + n) % {m}|    running.append(total)|
        numbers = running ## adds up
        kept = []|for n in numbers:|    if n % {s} == {r}:|        kept.append(n // {s})|    elif n > {b}:|
                kept.append(n - {a})|    else:|        kept.insert(0, n + {b})|numbers = kept ## treats cases apart
        best = []|high = -{m}|for n in numbers:|    if n > high - {b}:|        best.append(n)|        high = n|
        numbers = best ## keeps rising ones
    """,
    ("numbers", "number"): """
        number = sum(numbers) {op} {b} ## adds up
        number = sum(numbers) * {a} + len(numbers) ## adds up
        number = max(numbers, default=0) - min(numbers, default={b}) ## takes a span
        total = {b}|for place, n in enumerate(numbers):|    if place % {s} == {r}:|        total = total - n|
            else:|        total = total + n * {a}|number = total ## adds and takes away by turns
        code = {b}|for n in numbers:|    code = (code * {a} + n) % {m}|number = code ## makes a check sum
    """,
    ("numbers", "text"): """
        text = {c}.join((str(n) for n in numbers)) ## joins
        text = ''.join((chr(97 + n % 26) for n in numbers)) ## makes letters
    """,
    ("numbers", "pair"): """
        pair = (sum(numbers), len(numbers) * {a}) ## adds up
        pair = (min(numbers, default={b}), max(numbers, default={a})) ## takes the ends
    """,
    ("numbers", "table"): """
        table = {{str(n % {a}): n for n in numbers}} ## keeps the last of each remainder
        table = {{str(n): numbers.count(n) for n in sorted(numbers)}} ## counts
    """,
    ("words", "words"): """
        words = [word[::-1] for word in words] ## reverses each
        words = words[::-1] ## reverses
        words = [word.capitalize() for word in words] ## changes case
        words = [word + str(place) for place, word in enumerate(words)] ## numbers them
        words = [word for word in words if len(word) > {s}] ## filters short ones
        words = [word[{s}:] + word[:{s}] for word in words] ## rotates each
        words = [word.replace({c}, {d}) for word in words] ## replaces a letter
        words = sorted(words) ## sorts
        words = sorted(words, key=lambda word: (len(word), word)) ## sorts by length
        words = [left + right for left, right in zip(words, words[1:])] ## joins neighbours
        kept = []|for word in words:|    if {c} in word:|        kept.insert(0, word[1:])|    else:|
                kept.append(word)|words = kept ## treats some apart
    """,
    ("words", "text"): """
        text = {c}.join(words) ## joins
        text = ''.join((word[:{s}] for word in words)) ## joins beginnings
    """,
    ("words", "numbers"): """
        numbers = [len(word) for word in words] ## measures lengths
        numbers = [len(word) * {a} + word.count({c}) for word in words] ## measures and counts
    """,
    ("words", "number"): """
        number = sum((len(word) for word in words)) * {a} + {b} ## measures lengths
        total = {b}|for word in words:|    if {c} in word:|        total = total * {s}|    else:|
                total = total + len(word)|number = total ## adds lengths, some apart
    """,
    ("words", "table"): """
        table = {{word: len(word) * {a} for word in words}} ## maps words to lengths
        table = {{word[:1]: place for place, word in enumerate(words)}} ## maps initials to places
    """,
    ("pair", "pair"): """
        pair = (pair[1], pair[0] + {b}) ## swaps
        pair = (pair[0] * {a}, pair[1] - {b}) ## multiplies
        pair = (pair[0] + pair[1], pair[0] * {s} - pair[1]) ## mixes
        if pair[0] > pair[1]:|    pair = (pair[1] + {b}, pair[0])|else:|
            pair = (pair[0], pair[1] * {s}) ## treats an order apart
        first, second = pair|for turn in range({k}):|    first, second = (second % {m}, first + second * {s})|
        pair = (first, second) ## repeats a mix
    """,
    ("pair", "number"): """
        number = pair[0] * {a} + pair[1] ## mixes
        number = (pair[0] + {b}) * (pair[1] + {a}) ## multiplies
        number = pair[0] ^ pair[1] * {s} ## mixes
    """,
    ("pair", "numbers"): """
        numbers = [pair[0], pair[1], pair[0] + pair[1]] ## makes a row
        numbers = [pair[0] + place * pair[1] % {m} for place in range({k} + 1)] ## makes a row
    """,
    ("pair", "text"): """
        text = str(pair[0]) + {c} + str(pair[1]) ## writes out
    """,
    ("table", "table"): """
        table = {{key: value * {a} + {b} for key, value in table.items()}} ## multiplies values
        table = {{key: value for key, value in table.items() if value > {s}}} ## filters small values
        table = {{key[::-1]: value for key, value in table.items()}} ## reverses keys
        table = {{key + {c}: value + len(key) for key, value in table.items()}} ## marks keys
        kept = {{}}|for key, value in table.items():|    if value % {s} == {r}:|        kept[key] = value // {s}|
            else:|        kept[key.upper()] = value + {b}|table = kept ## treats values apart
    """,
    ("table", "numbers"): """
        numbers = [table[key] for key in sorted(table)] ## takes values by key
        numbers = sorted((value + len(key) for key, value in table.items())) ## sorts values
    """,
    ("table", "words"): """
        words = sorted(table, key=lambda key: (-table[key], key)) ## sorts keys by value
        words = [key for key in sorted(table) if table[key] > {s}] ## filters keys
    """,
    ("table", "number"): """
        number = sum(table.values()) * {a} + len(table) ## adds values
        number = sum((value * len(key) for key, value in table.items())) ## weighs keys
    """,
}


@dataclass(frozen=True, slots=True)
class Form:
    """One step with placeholders. `cost` grows with its loops and branches; `about` is said in hints."""

    before: str
    after: str
    template: str
    cost: int
    about: str

    @property
    def keeps(self) -> bool:
        """Whether different values mostly stay different."""
        return keeps(self.template)

    @property
    def small(self) -> bool:
        """Whether its constants, if it has any, are small numbers, which a search from examples can find."""
        return not any(name in self.template for name in ("{b}", "{m}", "{t}", "{op}"))


_LOSING = (
    "%",
    "//",
    "not in",
    " if n",
    " if len",
    " if value",
    "max(",
    "min(",
    "len(",
    "count(",
    "set(",
    "sum(",
    "while",
    "[:",
)


def keeps(source: str) -> bool:
    """Whether a step has nothing by which different values commonly become the same."""
    return not any(sign in source for sign in _LOSING)


def _read(before: str, after: str, line: str) -> Form:
    template, _, about = line.strip().partition(" ## ")
    cost = 1 + template.count("|") // 2 + template.count(" for ") + template.count(" if ")
    return Form(before, after, template.replace("|", "\n"), cost, about)


FORMS: tuple[Form, ...] = tuple(
    _read(before, after, line)
    for (before, after), lines in _FORMS.items()
    for line in lines.replace("|\n        ", "|").strip().splitlines()
)


def forms(before: str, after: str = "", cheapest: int = 1, dearest: int = 99) -> list[Form]:
    """The forms from one kind to another, or to any, within a cost; the cheapest where all are dearer."""
    fitting = [form for form in FORMS if form.before == before and after in ("", form.after) and form.cost >= cheapest]
    limit = max(dearest, min((form.cost for form in fitting), default=0))
    return [form for form in fitting if form.cost <= limit]
