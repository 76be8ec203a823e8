r"""Data cards: `/dev/data_<address>_<index>` for each, and `/dev/data`, the first one's, for everybody.

A control request names a method of the card and gives its arguments; the answer is what the method returns. Keys come
and go as the bytes that a card makes of them (DER), for a key object is nobody's but the card's:

    info []                                {"address", "tier", "limit"}; limit counts bytes of one argument
    sha256, md5 [data, key]                hash, or with a key (tier 2) HMAC
    crc32, encode64, decode64, deflate, inflate [data]
    random [count]; encrypt, decrypt [data, key, iv]                                             tier 2
    generateKeyPair [bits]                 (public, private)                                     tier 3
    ecdsa [data, private]                  signature
    ecdsa [data, public, signature]        bool
    ecdh [private, public]                 shared secret

The card keeps no secrets: whoever may open the device learns nothing of others. By the rules for device nodes, the
names with an address are uid 0's (mode 600), and /dev/data is everybody's (666).

Errors: 601 arguments that make no sense; 301 no such method, or none on a card of this tier; 405 the card is gone.
"""

from __future__ import annotations

from axis import dk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from axis.guest import env

DRIVER_INFO = {
    "driver_name": "AxisData", "driver_type": "ComponentModeDriver", "supported_component": "data",
    "load_priority": 300, "version": "1.0.0",
}

LINK = "/dev/data"
PLAIN = frozenset({
    "sha256", "md5", "crc32", "encode64", "decode64", "deflate", "inflate", "random", "encrypt", "decrypt",
})
PUBLIC, PRIVATE = "ec-public", "ec-private"


class DataDriver:
    """One card. It is asked for when first somebody needs it: at boot nobody does."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._card: Any = None
        self._own: dict[str, Any] = {
            "info": self._info, "generateKeyPair": self._generate, "ecdsa": self._ecdsa, "ecdh": self._ecdh,
        }

    def control(self, device: dk.DeviceObject, irp: dk.Irp) -> object:
        """Do one method."""
        method, args = irp.parameters.method, irp.parameters.args
        if method not in PLAIN and method not in self._own:
            raise dk.StatusError(dk.Status.NOT_IMPLEMENTED, f"{LINK} has no method {method!r}")
        if self._card is None:
            self._card = dk.get_hardware_proxy(self._address)
        own = self._own.get(method)
        if method != "info":
            self._demand(method)
        try:
            return getattr(self._card, method)(*args) if own is None else own(*args)
        except TypeError:  # more arguments than it has, or fewer
            raise dk.StatusError(dk.Status.INVALID_PARAMETER, f"{method} does not take {len(args)} arguments") from None
        except dk.StatusError:
            raise
        except Exception as error:  # the card's own kind of error, with a status of ours
            status = dk.Status(getattr(error, "status", dk.Status.UNSUCCESSFUL))
            raise dk.StatusError(status, f"{method}: {error}") from None

    def _demand(self, method: str) -> None:
        """Raises: 301 with the reason if the card is of too low a tier."""
        if not hasattr(self._card, method):
            raise dk.StatusError(
                dk.Status.NOT_IMPLEMENTED,
                f"{method}: this data card is of tier {self._tier()}; on a host without the package cryptography "
                "(pip install 'axisos[crypto]') every card is of tier 1",
            )

    def _tier(self) -> int:
        return 3 if hasattr(self._card, "ecdsa") else 2 if hasattr(self._card, "encrypt") else 1

    def _info(self) -> dict[str, object]:
        return {"address": self._address, "tier": self._tier(), "limit": self._card.getLimit()}

    def _generate(self, bits: object = None) -> tuple[bytes, bytes]:
        public, private = self._card.generateKeyPair(bits)
        return public.serialize(), private.serialize()

    def _ecdsa(self, data: object, key: object, signature: object = None) -> object:
        key = self._card.deserializeKey(key, PRIVATE if signature is None else PUBLIC)
        return self._card.ecdsa(data, key) if signature is None else self._card.ecdsa(data, key, signature)

    def _ecdh(self, private: object, public: object) -> object:
        card = self._card
        return card.ecdh(card.deserializeKey(private, PRIVATE), card.deserializeKey(public, PUBLIC))


def driver_entry(driver: dk.DriverObject) -> None:
    """Serve the card that this process was started for."""
    card = DataDriver(str(env.get("address") or ""))
    driver.dispatch[dk.IRP_MJ_DEVICE_CONTROL] = card.control
    device = dk.create_component_device(driver, "data")
    try:
        dk.create_symbolic_link(LINK, device.device_name)
    except dk.StatusError as error:
        if error.status != dk.Status.DEVICE_ALREADY_EXISTS:
            raise  # otherwise another card has it


def driver_unload(driver: dk.DriverObject) -> None:
    """Take the device away, and the links with it."""
    if driver.device_object is not None:
        dk.delete_device(driver.device_object)


if __name__ == "__main__":
    dk.run(driver_entry, driver_unload)
