"""The first line of an ad on Hacker News, which has no fields: company, place and terms as far as people write them.

Since about 2014 most lines are segments, "Acme (YC S20) | Engineer | Berlin | ONSITE"; before, dashes, commas and whole
sentences are as common, and the place often comes first. What is not sure is None: a wrong company is worse than none.
"""

import re

_PLACE = re.compile(
    r"(?:[A-Z][\w.'-]*(?: [A-Z][\w.'-]*){0,3}, ?(?:[A-Z]{2}|USA|U\.S\.|England|Scotland|Ireland|Germany|France|Spain|"
    r"Portugal|Italy|Netherlands|Belgium|Switzerland|Austria|Sweden|Denmark|Norway|Finland|Poland|Israel|India|Japan|"
    r"China|Singapore|Australia|New Zealand|Canada|Brazil|California|Massachusetts|Texas|Washington)\b|"
    r"(?:SF|NYC|Bay Area|San Francisco|New York(?: City)?|Palo Alto|Mountain View|Los Angeles|Boston|Cambridge|Seattle|"
    r"Austin|Chicago|Washington,? DC|Toronto|Vancouver|London|Berlin|Munich|Hamburg|Paris|Amsterdam|Dublin|Stockholm|"
    r"Zurich|Barcelona|Singapore|Tokyo|Sydney|Melbourne|Bangalore)\.?\s*(?=$|[,/;(&+-]|or\b|and\b))"
)
"""How a place begins: "City, ST", "City, Country", or one of the cities that most ads are from."""
_WORKPLACE = r"remote|on-?site|hybrid|in[- ](?:person|office)"
_ROLE = r"engineers?|developers?|scientists?|designers?|programmers?|researchers?"
_TERMS = re.compile(
    rf"(?i)(?:{_WORKPLACE}|interns?|internship|h-?1b|visa|full[- ]?time|part[- ]?time|contract|hiring)\b.{{0,30}}$|"
    rf".*\b(?:{_ROLE})$"
)
"""How a segment reads that gives terms or a role, and no company."""
_NO_PLACE = re.compile(
    r"(?i)https?:|www\.|@|\w\.(?:com|io|ai|co|org|net|dev|app)\b|[$€£]|\d{2,}\s?k\b|"
    rf"\b(?:{_ROLE}|full[- ]?time|part[- ]?time|contract\w*|interns?|internship|lead|manager|multiple|roles?|"
    r"positions?|visa|equity|founding|head|architect|analyst|devops|hiring|seed|series [a-e]|salary|hackers?)\b"
)
_WORKPLACE_ALONE = re.compile(rf"(?i)(?:{_WORKPLACE})\W*$")
_LABEL = re.compile(r"(?i)^(?:company|employer|organi[sz]ation|location|place)\s*:\s*")
_NAMED = re.compile(
    r"(.{2,60}?)(?:\s+[-–—•:]+\s|:\s|,\s|\s+\(?https?://|"
    r"\s+(?:is|are)\s+(?:hiring|looking|seeking|an?|building|the)\b)"
)
"""A company before what follows it, in a line without segments."""
_TALK = re.compile(r"(?i)(?:we|we['’]re|i|i['’]m|hi|hello|hey|at|my|our|looking)\b")
NAME_CHARACTERS, SEGMENTS = 60, 3
"""A longer name is a sentence; a company that stands behind the third segment is something else."""


def organization_of(line: str) -> str | None:
    """Read the company: "Acme (YC S20) | ...", "Remote | Acme | ...", "Acme - ...", "Acme is hiring ..."."""
    if "|" in line:
        names = (name for part in _segments(line)[:SEGMENTS] if not _says_else(part) and (name := _plain(part)))
        name = next(names, "")
    else:
        match = None if _PLACE.match(line) or _TALK.match(line) else _NAMED.match(line)
        name = _plain(match[1]) if match and not _says_else(match[1]) else ""
    return name if 0 < len(name) <= NAME_CHARACTERS else None


def place_of(line: str) -> str | None:
    """Read the place: a sure one, else the first segment behind the company that is nothing else than a place."""
    if "|" in line:
        company = organization_of(line)
        parts = [part for part in _segments(line)[1:] if not _NO_PLACE.search(part) and _plain(part) != company]
    else:
        parts = [part for part in re.split(r"\s+[-–—•]+\s+|\.\s", line) if _PLACE.match(part)]
    return min(parts, key=lambda part: (not _PLACE.match(part), bool(_WORKPLACE_ALONE.match(part))), default=None)


def _segments(line: str) -> list[str]:
    return [part for segment in line.split("|") if (part := _LABEL.sub("", segment.strip()))]


def _says_else(part: str) -> bool:
    return bool(_PLACE.match(part) or _TERMS.match(part))


def _plain(name: str) -> str:
    name = re.sub(r"\(.*?\)|\[.*?\]|https?://\S+", " ", name)
    return " ".join(name.split()).strip(" -–—:*,")
