"""Names as TeX writes them become the letters that they stand for."""

import pytest

from tasks.sources.accents import decoded


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (r"C. Bal\'azs", "C. Balázs"),
        (r"G\"unter K{\"o}nig", "Günter König"),
        (r"Erd\H{o}s and \'{E}va", "Erdős and Éva"),
        (r"\v{S}imon \v Cech {\v Z}eljko", "Šimon Čech Željko"),
        (r"Fran\c{c}ois Mar\'{\i}n", "François Marín"),
        (r"Mar\'\i a and {\'\i} e", "María and í e"),
        (r"{\O}yvind S{\o}rensen, \L{}ukasz Wa\l\k{e}sa", "Øyvind Sørensen, Łukasz Wałęsa"),
        (r"Stra{\ss}e, Stra\ss e, \AA ke, {\AA}ke", "Straße, Straße, Åke, Åke"),
        (r"Nguy\~{\^e}n", "Nguyễn"),
        (r"I\~nigo Qui\~{n}ones de~la Rosa", "Iñigo Quiñones de la Rosa"),
        (r"Bell \& Sons", "Bell & Sons"),
        ("Günter Plain", "Günter Plain"),
        (r"$\alpha$ Team \vec", r"$\alpha$ Team \vec"),
    ],
)
def test_accents_and_letters_are_decoded_and_the_rest_stays(written, meant):
    assert decoded(written) == meant
