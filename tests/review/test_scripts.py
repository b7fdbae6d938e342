"""The scripts of the review page: their own tests, run by Node.js, and how they become one."""

import subprocess
from pathlib import Path

import pytest

from mouthpiece.review.bundle import bundle
from mouthpiece.review.page import TEMPLATES
from node_tests import check_all_are_tested, node, passed
from places import ROOT

SCRIPTS = ROOT / "tests" / "review" / "scripts"


def test_the_scripts_pass_their_own_tests() -> None:
    assert passed(SCRIPTS) > 40


def test_every_module_without_elements_of_the_page_is_tested() -> None:
    check_all_are_tested(TEMPLATES, SCRIPTS)


def written(folder: Path, **modules: str) -> Path:
    for name, text in modules.items():
        (folder / f"{name}.mjs").write_text(text, encoding="utf-8")
    return folder / "main.mjs"


def test_modules_become_one_script_with_their_names_apart(tmp_path: Path) -> None:
    entry = written(
        tmp_path,
        main='import { add, Sum } from "./sums.mjs";\nimport { ONE } from "./numbers.mjs";\n'
        "const helper = () => 'main';\n"
        "console.log(add(ONE, 2), new Sum().of(3), helper());\n",
        sums='import {\n  ONE,\n} from "./numbers.mjs";\n'
        "const helper = (a) => a + ONE;\n"
        "export function add(a, b) {\n  return a + b;\n}\n"
        "export class Sum {\n  of(a) {\n    return helper(a);\n  }\n}\n",
        numbers="export const ONE = 1;\n",
    )
    script = bundle(entry)
    assert script.count("const module_numbers") == 1
    done = subprocess.run([node(), "-e", script], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("3 4 main\n", "")


def test_a_module_may_lie_in_a_folder_beside(tmp_path: Path) -> None:
    page, shared = tmp_path / "page", tmp_path / "shared"
    page.mkdir()
    shared.mkdir()
    written(shared, sums='import { ONE } from "./one.mjs";\nexport const next = (a) => a + ONE;\n')
    written(shared, one="export const ONE = 1;\n")
    entry = written(
        page, main='import { next } from "../shared/sums.mjs";\nconsole.log(next(1));\n'
    )
    done = subprocess.run(
        [node(), "-e", bundle(entry)], capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.stderr) == ("2\n", "")
    written(page, one="export const ONE = 2;\n")
    text = 'import { next } from "../shared/sums.mjs";\nimport { ONE } from "./one.mjs";\n'
    with pytest.raises(ValueError, match="two modules have one name"):
        bundle(written(page, main=text))


@pytest.mark.parametrize(
    "text",
    [
        'import main from "./other.mjs";\n',
        'import * as other from "./other.mjs";\n',
        "export default 1;\n",
        "export let changing = 1;\n",
        "const a = 1;\nexport { a };\n",
    ],
)
def test_a_form_that_is_not_understood_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(ValueError, match=r"main\.mjs: cannot be bundled"):
        bundle(written(tmp_path, main=text, other="export const a = 1;\n"))


def test_modules_that_import_one_another_are_refused(tmp_path: Path) -> None:
    entry = written(
        tmp_path,
        main='import { a } from "./other.mjs";\nexport const b = a;\n',
        other='import { b } from "./main.mjs";\nexport const a = b;\n',
    )
    with pytest.raises(ValueError, match=r"modules import one another: .*main\.mjs"):
        bundle(entry)
