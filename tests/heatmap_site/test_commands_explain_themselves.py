"""``./embermap manage COMMAND --help`` answers for every command of ours."""

import pytest
from django.core.management import get_commands, load_command_class

OURS = sorted(
    name for name, app in get_commands().items() if app.startswith(("apps.", "heatmap_site"))
)


@pytest.mark.parametrize("name", OURS)
def test_the_command_explains_itself(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    command = load_command_class(get_commands()[name], name)
    with pytest.raises(SystemExit) as ended:
        command.run_from_argv(["manage.py", name, "--help"])
    assert ended.value.code == 0
    assert capsys.readouterr().out.startswith(f"usage: manage.py {name} ")
