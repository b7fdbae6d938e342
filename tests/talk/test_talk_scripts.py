"""The scripts of the page on which one talks: their own tests, run by Node.js."""

from mouthpiece.talk.page import TEMPLATES
from node_tests import check_all_are_tested, passed
from places import ROOT

SCRIPTS = ROOT / "tests" / "talk" / "scripts"


def test_the_scripts_pass_their_own_tests() -> None:
    assert passed(SCRIPTS) > 10


def test_every_module_without_elements_of_the_page_is_tested() -> None:
    check_all_are_tested(TEMPLATES, SCRIPTS)
