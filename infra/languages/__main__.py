"""`python -m infra.languages`: how far each language is, and what is still to do.

`--update` brings what changed in `languages/doorstep.pot` into the language files, `--new fr`
begins a language, and `--build` compiles all of them for the functions, which `make setup` does.
"""

import argparse
import sys
from typing import Final

from infra.languages.build import build
from infra.languages.catalogue import (
    Language,
    NotACatalogue,
    findings,
    language,
    source,
    tags,
)
from infra.languages.sms import lengths
from infra.languages.update import begin, update
from infra.languages.uses import uses

MOST_FINDINGS: Final = 40


def main() -> int:
    """Returns 1 when something keeps a language from being shipped."""
    parser = argparse.ArgumentParser(prog="python -m infra.languages", description=__doc__)
    doing = parser.add_mutually_exclusive_group()
    doing.add_argument("--build", action="store_true", help="compile the catalogues")
    doing.add_argument("--update", action="store_true", help="bring changes into the .po files")
    doing.add_argument("--new", metavar="TAG", help="begin the file of a new language")
    doing.add_argument("--list", metavar="TAG", help="all sentences of a language beside English")
    doing.add_argument("--sms", action="store_true", help="the length of each SMS, as compiled")
    asked = parser.parse_args()
    try:
        return _do(asked)
    except NotACatalogue as failure:
        print(failure, file=sys.stderr)
        return 1


def _do(asked: argparse.Namespace) -> int:
    if asked.build:
        build()
        return 0
    if asked.list:
        _print_sentences(language(asked.list))
        return 0
    if asked.sms:
        _print_lengths()
        return 0
    if asked.new:
        begin(asked.new)
    elif asked.update:
        update()
    return _report()


def _report() -> int:
    """The table of languages, and what is still to do."""
    english, found = source(), list(all_findings())
    print(f"{len(english)} sentences in English, {len(tags())} languages\n")
    print("language  translated            plural forms")
    for tag in tags():
        of = language(tag)
        done = len(of.sentences.keys() & english.keys())
        share = f"{done} of {len(english)}, {100 * done / len(english):.0f} %"
        print(f"{tag:<8}  {share:<20}  {', '.join(of.categories)}")
    print()
    for line in found[:MOST_FINDINGS]:
        print(line)
    if len(found) > MOST_FINDINGS:
        print(f"… and {len(found) - MOST_FINDINGS} more")
    return 1 if found else 0


def all_findings() -> list[str]:
    """What keeps our languages from being shipped: in the files, and between files and code."""
    english, asked = source(), uses()
    found = [line for tag in tags() for line in findings(language(tag), english)]
    names = set(english)
    found += [f"the code says it, but it is in no catalogue: {n}" for n in asked.missing(names)]
    found += [f"nothing in the code says it: {name}" for name in asked.unused(names)]
    return found


def _print_lengths() -> None:
    """Characters and segments of each SMS; a * where its script needs 16 bits a character."""
    columns = {tag: list(lengths(tag)) for tag in tags()}
    print(f"{'characters/segments':<18}" + "".join(f"{tag:>8}" for tag in columns))
    for row in zip(*columns.values(), strict=True):
        cells = (f"{len(e.text)}/{e.segments}{'' if e.is_plain else '*'}" for e in row)
        print(f"{row[0].kind:<18}" + "".join(f"{cell:>8}" for cell in cells))


def _print_sentences(of: Language) -> None:
    for name, forms in source().items():
        print(name)
        for text in (*forms, *of.sentences.get(name, ())):
            print(f"    {text}")


if __name__ == "__main__":
    raise SystemExit(main())
