r"""The reactor: one driver for eight types of component, one process for each component (docs/drivers/reactor.md).

    /dev/rbmk_console_<address>_<number>, /dev/rbmk_control_rod_..., ...     for uid 0 only

    every device        info -> its facts with its type and address      comp_invoke [method, ...]  any of its methods
    console             console_column [gx, gy]   console_grid   console_pos   console_set_level [level]
                        console_set_column_level [gx, gy, level]   console_set_color_level [color, level]
                        console_set_color [gx, gy, color]   console_az5
    crane               crane_move [direction]   crane_load   crane_pos   crane_depletion   crane_xenon
    control rod         control_info   control_set_level [level]   control_wait: answered when the rod stands still
    boiler              boiler_info   boiler_set_steam_type [1..4]
    fuel rod, heater, cooler, outgasser     fuel_info   heater_info   cooler_info   outgasser_info

It is an example as much as a driver: which methods a device has follows from its component's type by a table; a request
that takes long is left pending and looked at from time to time.
"""

from __future__ import annotations

from axis import dk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from axis.guest import env

DRIVER_INFO = {
    "driver_name": "AxisReactor", "driver_type": "ComponentModeDriver", "load_priority": 400, "version": "1.0.0",
    "supported_component": [
        "rbmk_console", "rbmk_crane", "rbmk_fuel_rod", "rbmk_control_rod", "rbmk_boiler", "rbmk_heater", "rbmk_cooler",
        "rbmk_outgasser",
    ],
}

# Component type -> method of the device -> method of the component, and how many arguments it takes. What they may be
# is the component's to say: its "bad argument" is our INVALID_PARAMETER.
METHODS: dict[str, dict[str, tuple[str, int]]] = {
    "rbmk_console": {
        "console_column": ("getColumn", 2), "console_grid": ("getGrid", 0), "console_pos": ("getPos", 0),
        "console_set_level": ("setLevel", 1), "console_set_column_level": ("setColumnLevel", 3),
        "console_set_color_level": ("setColorLevel", 2), "console_set_color": ("setColor", 3),
        "console_az5": ("pressAz5", 0),
    },
    "rbmk_crane": {
        "crane_move": ("move", 1), "crane_load": ("load", 0), "crane_pos": ("getPos", 0),
        "crane_depletion": ("getDepletion", 0), "crane_xenon": ("getXenon", 0),
    },
    "rbmk_fuel_rod": {"fuel_info": ("getInfo", 0)},
    "rbmk_control_rod": {"control_info": ("getInfo", 0), "control_set_level": ("setLevel", 1)},
    "rbmk_boiler": {"boiler_info": ("getInfo", 0), "boiler_set_steam_type": ("setSteamType", 1)},
    "rbmk_heater": {"heater_info": ("getInfo", 0)},
    "rbmk_cooler": {"cooler_info": ("getInfo", 0)},
    "rbmk_outgasser": {"outgasser_info": ("getInfo", 0)},
}
LOOK_EVERY_S = 0.5  # at a rod that somebody waits for


class ReactorPart:
    """One component and the requests that wait for it."""

    def __init__(self) -> None:
        self._part: Any = None
        self._methods: dict[str, tuple[str, int]] = {}
        self._waiting: list[dk.Irp] = []

    def driver_entry(self, driver: dk.DriverObject) -> None:
        """Serve the component that this process was started for, whichever of the types it is of."""
        self._part = dk.get_hardware_proxy(env["address"])
        if self._part.type not in METHODS:
            raise dk.StatusError(dk.Status.INVALID_PARAMETER, f"a {self._part.type} is no part of a reactor")
        self._methods = METHODS[self._part.type]
        driver.dispatch[dk.IRP_MJ_CREATE] = driver.dispatch[dk.IRP_MJ_CLOSE] = lambda device, irp: None
        driver.dispatch[dk.IRP_MJ_DEVICE_CONTROL] = self.control
        dk.create_component_device(driver, self._part.type)

    def driver_unload(self, driver: dk.DriverObject) -> None:
        """Take the device away; its link goes with it."""
        if driver.device_object is not None:
            dk.delete_device(driver.device_object)

    def control(self, device: dk.DeviceObject, irp: dk.Irp) -> object:
        """DEVICE_CONTROL: one of the methods above."""
        name, args = irp.parameters.method, irp.parameters.args
        if name == "comp_invoke":
            return self._invoke(args)
        if name == "info" or name == "control_wait":
            _demand_count(name, args, 0)
            return self._info() if name == "info" else self._wait(irp)
        if name not in self._methods:
            raise dk.StatusError(dk.Status.NOT_IMPLEMENTED, f"a {self._part.type} has no method {name!r}")
        method, count = self._methods[name]
        _demand_count(name, args, count)
        return self._ask(method, args)

    def _info(self) -> dict[str, object]:
        facts: dict[str, object] = self._ask("getInfo", [])
        return {"type": self._part.type, "address": self._part.address, **facts}

    def _invoke(self, args: list[Any]) -> object:
        """Any method of the component, for what has no name of its own here."""
        method = args[0] if args else None
        if type(method) is not str or method[:1] == "_":
            raise dk.StatusError(dk.Status.INVALID_PARAMETER, "comp_invoke takes a method's name and its arguments")
        if not callable(getattr(self._part, method, None)):
            raise dk.StatusError(dk.Status.NOT_IMPLEMENTED, f"a {self._part.type} has no method {method!r}")
        return self._ask(method, args[1:])

    def _ask(self, method: str, args: list[Any]) -> Any:
        """Call the component; its reason becomes ours. Several results become a list."""
        try:
            result = getattr(self._part, method)(*args)
        except Exception as error:
            status = dk.Status.INVALID_PARAMETER if type(error) is TypeError else dk.Status.UNSUCCESSFUL
            raise dk.StatusError(getattr(error, "status", status), str(error)) from None
        return list(result) if type(result) is tuple else result

    # --- requests that take long -------------------------------------------------------------------------------

    def _wait(self, irp: dk.Irp) -> object:
        """Answer when the rod stands still: now, or later."""
        if self._part.type != "rbmk_control_rod":
            raise dk.StatusError(dk.Status.NOT_IMPLEMENTED, f"a {self._part.type} does not move")
        if self._stands():
            return self._info()
        irp.deadline = None  # the rod may be sent elsewhere on its way, again and again
        irp.step = "waits until the rod stands still"
        self._waiting.append(irp)
        return dk.PENDING

    def _stands(self) -> bool:
        facts = self._ask("getInfo", [])
        return bool(facts["level"] == facts["target"])

    def on_idle(self) -> float | None:
        """Look at the rod as long as somebody waits for it."""
        if not self._waiting:
            return None
        answer: object
        try:
            if not self._stands():
                return LOOK_EVERY_S
            status, answer = dk.Status.SUCCESS, self._info()
        except dk.StatusError as error:  # it was pulled out; DKMS says so to whoever waits, if we are not the first
            status, answer = error.status, error.detail
        waiting, self._waiting = self._waiting, []
        for irp in waiting:
            try:
                dk.complete_request(irp, status, answer)
            except dk.StatusError:
                pass  # withdrawn meanwhile
        return None

    def on_cancel(self, irp: dk.Irp) -> None:
        """Nobody waits for this one any more."""
        if irp in self._waiting:
            self._waiting.remove(irp)


def _demand_count(name: str, args: list[Any], count: int) -> None:
    if len(args) != count:
        raise dk.StatusError(dk.Status.INVALID_PARAMETER, f"{name} takes {count} arguments, not {len(args)}")


def main() -> None:
    """The driver as a process."""
    part = ReactorPart()
    dk.run(part.driver_entry, part.driver_unload, on_idle=part.on_idle, on_cancel=part.on_cancel)


if __name__ == "__main__":
    main()
