"""The drivers that only show that a component has one."""

from __future__ import annotations

import pytest

from small_kernel import small_kernel


@pytest.mark.parametrize("kind", ["screen", "keyboard", "computer", "eeprom", "filesystem"])
def test_a_stub_comes_up_for_each_component(kind: str) -> None:
    """One process for each component, seen in the registry, with nothing to open; it unloads as it came."""
    components: dict[str, tuple[str, object]] = {"aaaa": (kind, None), "bbbb": (kind, None)}
    with small_kernel(components=components) as kernel:
        for address in components:
            kernel.from_pm("load_driver_for_component", kind, address, 50)
            name, requester, status, driver, _ = kernel.pm.pop()
            assert (name, requester, status) == ("load_driver_result", 50, 0)
        assert {f"@VT\\DRV\\{driver}\\{address}" for address in components} <= kernel.registry.keys()
        assert kernel.answers[kernel.call("driver_unload", driver)][0] == 0
        assert f"@VT\\DRV\\{driver}" not in kernel.registry and kernel.drivers() == []
