from axis import reactor, thread


def state(console, rod):
    desk, fuel = console.info(), rod.info()
    return f"{desk['hottest']:4.0f} degrees, flux {desk['flux']:6.1f}, xenon {fuel['xenon']:.3f}"


with reactor.first("console") as console, reactor.first("fuel_rod") as fuel, reactor.first("control_rod") as rod:
    console.set_level(0.7)
    print(f"the rods stand at {rod.wait()['level']:.0%}")
    for _ in range(5):
        thread.sleep(60)
        print("running", state(console, fuel))
    console.az5()
    print("AZ-5")
    for _ in range(5):
        thread.sleep(60)
        print("off    ", state(console, fuel))
    try:
        console.set_level(1.5)
    except ValueError as error:
        print(int(error.status), error.detail)
