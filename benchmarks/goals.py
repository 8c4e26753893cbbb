"""Goals, each told with what was seen, and whether all were met."""


class Goals:
    def __init__(self) -> None:
        self._missed: list[str] = []

    def hold(self, name: str, seen: float, most: float) -> None:
        """Tells what was seen; more than `most` misses the goal."""
        is_met = seen <= most
        if not is_met:
            self._missed.append(name)
        print(f"{'ok' if is_met else 'missed':8}{name}: {seen:,.2f} (goal: at most {most:,g})", flush=True)

    def exit_code(self) -> int:
        """After a line that names what was missed."""
        print(f"\nAbove its goal: {', '.join(self._missed) or 'nothing'}")
        return 1 if self._missed else 0
