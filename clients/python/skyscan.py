"""Client of the Sky Scan API: scans, live points, and maps for pandas, xarray and astropy.

Copy this file next to your script or notebook. It needs Python 3.11, ``requests`` and ``websockets``. ``points`` and
``spectrum`` also need pandas, ``map_xarray`` and ``waterfall`` xarray, ``fits`` and ``map_astropy`` astropy. Tested with the
packages of Debian 12: requests 2.28.1, websockets 10.4, pandas 1.5.3, xarray 2023.01.0, astropy 5.2.1.

    from skyscan import Client

    client = Client("http://127.0.0.1:8080")
    session = client.start(1, step_deg=10)
    for message in client.follow(session["id"]):
        print(message["status"], message["completed"], "of", message["total"])
    table = client.points(session["id"])

Names, units and values of all fields are those of the API (``/docs`` of a running Sky Scan).
"""

from __future__ import annotations

import asyncio
import io
import json
import logging
import ssl
import threading
import time
from collections.abc import AsyncGenerator, Iterator
from typing import TYPE_CHECKING, Any, Literal, NotRequired, TypedDict, Unpack, cast

import requests
import websockets
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidMessage

if TYPE_CHECKING:
    import numpy
    import pandas
    import xarray
    from astropy.io.fits import HDUList
    from astropy.nddata import NDData

__all__ = ["ApiError", "Client", "Message", "Point", "Problem", "ScanOptions", "Session", "SkyScanError", "Unreachable"]

log = logging.getLogger("skyscan")

_FIRST_RETRY_S = 0.25
_LAST_RETRY_S = 5.0
_SEARCH_POLL_S = 0.5
_MAX_DOWNLOAD_TRIES = 5
_CHUNK_BYTES = 1 << 16
# Close codes of the WebSockets.
_ENDED = 1000
_UNKNOWN = 4404

Status = Literal["pending", "running", "paused", "completed", "cancelled"]


class Session(TypedDict):
    """A scan session. Times are UTC without a zone."""

    id: int
    rotor_id: int
    status: Status
    az_start: float
    az_end: float
    el_start: float
    el_end: float
    step_deg: float
    rssi_iterations: int
    total_points: int
    completed_points: int
    progress_pct: float
    started_at: str | None
    finished_at: str | None
    notes: str | None


class ScanOptions(TypedDict, total=False):
    """Fields of a scan request; those that are absent have the defaults of the server."""

    az_start: float
    az_end: float
    el_start: float
    el_end: float
    step_deg: float
    rssi_iterations: int
    grid: str
    scan_mode: Literal["step", "on_the_fly"]
    frame: dict[str, Any] | None
    reference: dict[str, Any] | None
    spectrum: dict[str, Any] | None
    bands: list[dict[str, Any]] | None
    refine: dict[str, Any] | None
    notes: str | None


class Point(TypedDict):
    """A measured point; ``measurement`` has all its data, levels in dBm or dBFS (``measurement["unit"]``)."""

    seq: int
    azimuth: float
    elevation: float
    rssi_reads: int
    rssi_average: int
    rssi_current: int
    measured_at: str | None
    setpoint: dict[str, float]
    measurement: dict[str, Any]


class Message(TypedDict):
    """A point, or (``point`` is None) a status with its fault and times."""

    session_id: int
    status: Status
    progress_pct: float
    completed: int
    total: int
    point: Point | None
    elapsed_s: NotRequired[float | None]
    remaining_s: NotRequired[float | None]
    fault: NotRequired[dict[str, Any] | None]
    rotor_rests: NotRequired[bool | None]
    resumes_itself: NotRequired[bool | None]


class Problem(TypedDict):
    """One problem of an invalid request."""

    loc: list[str | int]
    msg: str
    type: str


class SkyScanError(Exception):
    """Base of all errors of this module."""


class Unreachable(SkyScanError):
    """The server does not answer, or the connection was lost."""


class ApiError(SkyScanError):
    """The server refused the request; the text is its own."""

    def __init__(
        self,
        status: int,
        detail: str,
        problems: list[Problem] | None = None,
        retry_after_s: float | None = None,
    ) -> None:
        super().__init__(f"{detail} (status {status})")
        self.status = status
        self.detail = detail
        self.problems = problems or []
        """One entry per problem of an invalid request (status 422)."""
        self.retry_after_s = retry_after_s
        """When a retry may succeed, if the server reports it."""


class Client:
    """A Sky Scan at ``url``, such as ``http://127.0.0.1:8080`` or ``https://sky.example.org/base``.

    ``key`` is an API key; a server that is bound to loopback needs none. ``ca`` is the path of a PEM file with the
    certificates to trust instead of those of the system. ``timeout_s`` limits the time to connect and the time between two
    parts of an answer. ``http`` is the ``requests.Session`` of all requests, for example for proxies.
    """

    def __init__(
        self,
        url: str = "http://127.0.0.1:8080",
        key: str | None = None,
        *,
        ca: str | None = None,
        timeout_s: float = 60,
    ) -> None:
        if not url.startswith(("http://", "https://")):
            raise ValueError(f"url {url!r} must start with http:// or https://")
        self.url = url.rstrip("/")
        self.http = requests.Session()
        # Also without a key: otherwise requests takes a login from ~/.netrc.
        self.http.auth = _Bearer(key)
        if ca is not None:
            self.http.verify = ca
        self._key = key
        self._ca = ca
        self._timeout_s = timeout_s

    # Any address of the API

    def get(self, address: str, /, **parameters: Any) -> Any:
        """The JSON answer at an address: ``client.get("/api/skyscan/2/plan", path=False)``."""
        return self._json("GET", address, parameters)

    def post(self, address: str, body: object = None) -> Any:
        """Sends JSON and returns the JSON answer."""
        return self._json("POST", address, {}, body)

    def put(self, address: str, body: object) -> Any:
        """Sends JSON and returns the JSON answer."""
        return self._json("PUT", address, {}, body)

    def delete(self, address: str) -> None:
        """Deletes what is at an address."""
        self._request("DELETE", address, {}).close()

    def download(self, address: str, file: str, /, **parameters: Any) -> None:
        """Writes an answer of any size to a file: ``client.download("/api/skyscan/2/export.parquet", "2.parquet")``."""
        with self._request("GET", address, parameters, stream=True) as response, open(file, "wb") as target:
            for chunk in _chunks(response):
                target.write(chunk)

    # Sessions

    def sessions(
        self,
        *,
        status: Status | None = None,
        rotor_id: int | None = None,
        limit: int | None = None,
        offset: int | None = None,
    ) -> list[Session]:
        """All sessions, newest first, or those with a status or of a rotor."""
        answer = self.get("/api/skyscan/sessions", status=status, rotor_id=rotor_id, limit=limit, offset=offset)
        return cast(list[Session], answer)

    def session(self, session: int) -> Session:
        """A session with its progress."""
        return cast(Session, self.get(f"/api/skyscan/{session}"))

    def plan(self, session: int) -> dict[str, Any]:
        """The grid of a session, how it is measured, and its expected end."""
        return cast(dict[str, Any], self.get(f"/api/skyscan/{session}/plan", path=False))

    def start(self, rotor_id: int, **options: Unpack[ScanOptions]) -> Session:
        """Starts a scan; it waits (``pending``) until the rotor is free."""
        return cast(Session, self.post("/api/skyscan/start", _scan(rotor_id, options)))

    def preview(self, rotor_id: int, **options: Unpack[ScanOptions]) -> dict[str, Any]:
        """Number of points, path, expected duration and warnings of a scan. Moves nothing."""
        return cast(dict[str, Any], self.post("/api/skyscan/preview", _scan(rotor_id, options)))

    def pause(self, session: int) -> None:
        """Pauses a scan after its current point; the rotor holds."""
        self.post(f"/api/skyscan/{session}/pause")

    def resume(self, session: int) -> None:
        """Resumes a paused scan with its first missing point."""
        self.post(f"/api/skyscan/{session}/resume")

    def cancel(self, session: int) -> None:
        """Ends a scan; its points are kept."""
        self.post(f"/api/skyscan/{session}/cancel")

    def wait(self, session: int, *, give_up_s: float | None = None) -> Session:
        """Waits until a session is completed or cancelled, and returns it. ``give_up_s``: see ``follow``."""
        for _ in self.follow(session, after=self.session(session)["completed_points"], give_up_s=give_up_s):
            pass
        return self.session(session)

    # Rotors

    def rotors(self) -> list[dict[str, Any]]:
        """All rotors with their configuration."""
        return cast(list[dict[str, Any]], self.get("/api/rotors"))

    def position(self, rotor_id: int) -> dict[str, Any]:
        """Where the rotor points now."""
        return cast(dict[str, Any], self.get(f"/api/rotors/{rotor_id}/position"))

    def stop(self, rotor_id: int) -> None:
        """Stops the rotor, with or without a scan, which pauses."""
        self.post(f"/api/rotors/{rotor_id}/stop")

    # Live

    def follow(self, session: int, after: int = 0, *, give_up_s: float | None = None) -> Iterator[Message]:
        """Every point and every change of status of a session, in order, until it has ended.

        Starts after the first ``after`` points: 0 is all, and the ``seq`` of the last point that you have continues there.
        Reconnects after a loss; no point is missing and none comes twice. A status is repeated only if it has changed.
        ``give_up_s``: raises ``Unreachable`` when the server cannot be reached for so long; None: tries indefinitely. Also
        works in a notebook, whose event loop is running already.
        """
        loop = asyncio.new_event_loop()
        thread = threading.Thread(target=loop.run_forever, name="skyscan follow", daemon=True)
        messages = self.follow_async(session, after, give_up_s=give_up_s)
        pending: asyncio.Task[Any] | None = None

        async def next_message() -> Message | None:
            nonlocal pending
            pending = asyncio.current_task()
            return await anext(messages, None)

        async def finish() -> None:
            # After Ctrl-C the last task still waits for a message.
            if pending is not None and not pending.done():
                pending.cancel()
                await asyncio.wait([pending])
            await messages.aclose()
            await loop.shutdown_default_executor()

        thread.start()
        try:
            while (message := asyncio.run_coroutine_threadsafe(next_message(), loop).result()) is not None:
                yield message
        finally:
            asyncio.run_coroutine_threadsafe(finish(), loop).result()
            loop.call_soon_threadsafe(loop.stop)
            thread.join()
            loop.close()

    async def follow_async(
        self, session: int, after: int = 0, *, give_up_s: float | None = None
    ) -> AsyncGenerator[Message, None]:
        """``follow`` for programs with an event loop: ``async for message in client.follow_async(2)``."""
        if after < 0:
            raise ValueError(f"after is {after}: it must be a number of points, from 0")
        # Reports an unknown session, a wrong key and a server that is not there with their own message.
        await asyncio.to_thread(self.session, session)
        known: tuple[object, ...] | None = None
        pause_s = _FIRST_RETRY_S
        lost_at: float | None = None
        while True:
            try:
                async with self._socket(f"/ws/skyscan/{session}?after={after}&detail=full") as socket:
                    while True:
                        message = cast(Message, json.loads(await socket.recv()))
                        if lost_at is not None:
                            log.warning("session %d: reconnected after %.1f s", session, time.monotonic() - lost_at)
                        lost_at = None
                        pause_s = _FIRST_RETRY_S
                        point = message["point"]
                        if point is not None:
                            if point["seq"] <= after:
                                continue
                            after = point["seq"]
                        else:
                            state = _state_of(message)
                            if state == known:
                                continue
                            known = state
                        yield message
            except ConnectionClosed as error:
                code, reason = (error.rcvd.code, error.rcvd.reason) if error.rcvd else (None, "")
                if code == _ENDED:
                    return
                if code == _UNKNOWN:
                    raise ApiError(404, reason) from error
                loss: Exception = error
            except InvalidMessage as error:
                # The server went away during the handshake.
                loss = error
            except InvalidHandshake as error:
                status = _refusal_of(error)
                if status is None:
                    raise SkyScanError(f"{self.url} is not a Sky Scan, or its proxy does not pass WebSockets: {error}") from error
                if status < 500 and status != 429:
                    raise ApiError(status, f"The server refused the WebSocket: {error}") from error
                loss = error
            except (OSError, asyncio.TimeoutError, EOFError) as error:
                loss = error
            now = time.monotonic()
            if lost_at is None:
                lost_at = now
                log.warning("session %d: connection lost after point %d (%s); reconnecting", session, after, loss)
            if give_up_s is not None and now - lost_at >= give_up_s:
                raise Unreachable(f"{self.url} cannot be reached for {give_up_s} s: {loss}") from loss
            await asyncio.sleep(pause_s)
            pause_s = min(_LAST_RETRY_S, 2 * pause_s)

    # Data

    def points(self, session: int, *, after_seq: int = 0, **parameters: Any) -> pandas.DataFrame:
        """All points of a session, or those after one, as a table with the index ``seq``.

        Columns are those of ``/measurements``, a pointing as ``setpoint_azimuth`` and ``setpoint_elevation``; ``measured_at``
        is UTC, ``flags`` has the names of the flags, separated by spaces. ``corrected=True`` subtracts the drift, ``from_hz``
        and ``to_hz`` add the level of a frequency range. Without points the table has no columns. Continues a download that
        breaks off.
        """
        import pandas

        columns = self._columns(f"/api/skyscan/{session}/measurements", after_seq, parameters)
        table = pandas.DataFrame(columns)
        if "measured_at" in table:
            # Whole milliseconds: pandas rounds fractions of them down.
            table["measured_at"] = pandas.to_datetime(table["measured_at"].astype("int64"), unit="ms", utc=True)
        for name in ("flags", "unit"):
            if name in table:
                table[name] = table[name].astype("category")
        return table.set_index("seq") if "seq" in table else table

    def map_xarray(self, session: int, **parameters: Any) -> xarray.Dataset:
        """The map of a session with a rectangular grid: a variable per column of ``points`` over elevation and azimuth.

        Degrees as coordinates; NaN (NaT) where nothing was measured. Points of a refinement are left out.
        """
        import numpy
        import xarray

        plan = self.plan(session)
        if plan["grid"] != "rectangular" or plan["frame"] is not None:
            about = "around a source" if plan["frame"] is not None else f"with the grid {plan['grid']}"
            raise SkyScanError(
                f"session {session} is a scan {about}, which is not an array of azimuths and elevations: use points()"
            )
        facts = self.session(session)
        shape = (plan["rows"], plan["columns"])
        table = self.points(session, **parameters)
        variables: dict[str, Any] = {}
        unit = "dBFS"
        if len(table) > 0:
            table = table[table["row"] < shape[0]].reset_index()
            unit = str(table["unit"].iloc[0])
            cells = (table["row"].to_numpy(), table["column"].to_numpy())
            for name in table.columns.difference(["row", "column", "flags", "unit"], sort=False):
                values = table[name].dt.tz_localize(None) if name == "measured_at" else table[name].astype(float)
                missing = numpy.datetime64("NaT", "ns") if name == "measured_at" else numpy.nan
                array = numpy.full(shape, missing)
                array[cells] = values.to_numpy()
                variables[name] = (("elevation", "azimuth"), array, _attributes(name, unit))
        step = facts["step_deg"]
        degrees = {"units": "degree"}
        return xarray.Dataset(
            variables,
            coords={
                "elevation": ("elevation", facts["el_start"] + step * numpy.arange(shape[0]), degrees),
                "azimuth": ("azimuth", facts["az_start"] + step * numpy.arange(shape[1]), degrees),
            },
            attrs={"session_id": session, "unit": unit, "center_frequency_hz": plan["center_frequency_hz"]},
        )

    def fits(self, session: int, **parameters: Any) -> HDUList:
        """The FITS file of a session: the tables POINTS and FLAGS, and the image MAP of a rectangular grid."""
        from astropy.io import fits

        with self._request("GET", f"/api/skyscan/{session}/export.fits", parameters, stream=True) as response:
            return fits.open(io.BytesIO(b"".join(_chunks(response))))

    def map_astropy(self, session: int, **parameters: Any) -> NDData:
        """The map of a session with its WCS (plate carree, azimuth as longitude); unmeasured cells are masked."""
        import numpy
        from astropy.nddata import NDData
        from astropy.wcs import WCS

        with self.fits(session, **parameters) as file:
            if "MAP" not in file:
                raise SkyScanError(f"session {session} has no MAP in FITS: only rectangular grids of directions have one")
            header = file["MAP"].header
            data = numpy.array(file["MAP"].data, dtype=float)
            points = file["POINTS"].data
            meta = {**dict(file[0].header), "unit": str(points["unit"][0]).strip() if len(points) > 0 else "dBFS"}
        return NDData(data, mask=numpy.isnan(data), wcs=WCS(header), meta=meta)

    def spectrum(self, session: int, seq: int, *, band: int = 0) -> pandas.DataFrame:
        """The spectrum of a point, a row per channel with the index ``frequency_hz``; levels in dBm or dBFS."""
        import pandas

        answer = self.get(f"/api/skyscan/{session}/spectrum", seq=seq, band=band)
        values = {name: value for name, value in answer.items() if isinstance(value, list)}
        index = pandas.Index(_frequencies(answer), name="frequency_hz")
        return pandas.DataFrame(values, index=index)

    def waterfall(self, session: int, **parameters: Any) -> xarray.DataArray:
        """The spectra of a session in the order of measurement, ``seq`` (the first point of a row) by ``frequency_hz``."""
        import numpy
        import xarray

        answer = self.get(f"/api/skyscan/{session}/waterfall", **parameters)
        data = numpy.array(answer["rows"], dtype=float).reshape(-1, answer["channels"])
        seqs = answer["first_seq"] + answer["points_per_row"] * numpy.arange(len(data))
        return xarray.DataArray(
            data,
            coords={"seq": seqs, "frequency_hz": ("frequency_hz", _frequencies(answer), {"units": "Hz"})},
            dims=("seq", "frequency_hz"),
            name=answer["statistic"],
            attrs={"session_id": session, "units": answer["unit"]},
        )

    def sources(self, session: int) -> list[dict[str, Any]]:
        """The sources that were found in a session, strongest first; the server searches ended sessions by itself."""
        return cast(list[dict[str, Any]], self.get(f"/api/skyscan/{session}/sources"))

    def find_sources(self, session: int, *, timeout_s: float = 300, **settings: Any) -> list[dict[str, Any]]:
        """Searches a session for sources, waits for the result and returns it: ``client.find_sources(2, threshold_sigma=5)``."""
        address = f"/api/skyscan/{session}/sources"
        self.post(address, settings)
        deadline = time.monotonic() + timeout_s
        while True:
            searches = self.get(f"{address}/searches")
            if not searches:
                raise SkyScanError(f"the search in session {session} was cancelled")
            status = searches[0]["status"]
            if status == "failed":
                raise SkyScanError(f"the search in session {session} failed: {searches[0]['problem']}")
            if status == "done":
                break
            if time.monotonic() >= deadline:
                raise SkyScanError(f"the search in session {session} has not ended after {timeout_s} s")
            time.sleep(_SEARCH_POLL_S)
        return self.sources(session)

    def pattern(self, session: int, **parameters: Any) -> dict[str, Any]:
        """The antenna pattern that a scan across a source measured: ``client.pattern(5, source="sun")``."""
        return cast(dict[str, Any], self.get(f"/api/skyscan/{session}/pattern", **parameters))

    # How requests are sent

    def _json(self, method: str, path: str, parameters: dict[str, Any], body: object = None) -> Any:
        with self._request(method, path, parameters, body) as response:
            try:
                return response.json() if response.status_code != 204 else None
            except requests.JSONDecodeError as error:
                raise SkyScanError(
                    f"{response.url}: the answer is not JSON; another program is listening there"
                ) from error

    def _request(
        self,
        method: str,
        path: str,
        parameters: dict[str, Any],
        body: object = None,
        *,
        stream: bool = False,
    ) -> requests.Response:
        query = {name: _parameter(value) for name, value in parameters.items() if value is not None}
        try:
            response = self.http.request(
                method,
                f"{self.url}{path}",
                params=query,
                json=body,
                stream=stream,
                timeout=self._timeout_s,
            )
        except requests.RequestException as error:
            raise Unreachable(f"{self.url} cannot be reached: {_cause_of(error)}") from error
        if response.ok:
            return response
        with response:
            raise _error_of(response)

    def _columns(
        self, path: str, after_seq: int, parameters: dict[str, Any]
    ) -> dict[str, numpy.ndarray[Any, numpy.dtype[Any]]]:
        """All columns of an answer in the columnar format; continues after a loss."""
        import numpy

        blocks: list[_Block] = []
        tries = 0
        while True:
            body = bytearray()
            loss: SkyScanError | None = None
            try:
                query = {**parameters, "format": "columnar", "after_seq": after_seq}
                with self._request("GET", path, query, stream=True) as response:
                    for chunk in _chunks(response):
                        body += chunk
            except Unreachable as error:
                loss = error
            received = _blocks_in(body)
            blocks += received
            if loss is None:
                break
            tries = 0 if received else tries + 1
            # Nothing has arrived yet: the server is not there.
            if not blocks or tries > _MAX_DOWNLOAD_TRIES:
                raise loss
            after_seq = int(blocks[-1]["seq"][-1])
            log.warning("download broke off after point %d (%s); continuing", after_seq, loss)
            time.sleep(min(_LAST_RETRY_S, _FIRST_RETRY_S * 2**tries))
        return {name: numpy.concatenate([block[name] for block in blocks]) for name in (blocks[0] if blocks else {})}

    def _socket(self, path: str) -> Any:
        address = f"ws{self.url.removeprefix('http')}{path}"
        # Browsers send keys in the same way; the name of the parameter for headers differs between versions of websockets.
        protocols = ["skyscan", f"bearer.{self._key}"] if self._key else ["skyscan"]
        secure = ssl.create_default_context(cafile=self._ca) if address.startswith("wss:") else None
        # Loaded on first use, which mypy does not see.
        connect = cast(Any, websockets).connect
        return connect(
            address, subprotocols=protocols, ssl=secure, open_timeout=10, close_timeout=1, compression=None
        )


_Block = dict[str, Any]


class _Bearer(requests.auth.AuthBase):
    def __init__(self, key: str | None) -> None:
        self._key = key

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if self._key:
            request.headers["Authorization"] = f"Bearer {self._key}"
        return request


def _scan(rotor_id: int, options: ScanOptions) -> dict[str, object]:
    return {"rotor_id": rotor_id, **dict(options)}


def _parameter(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _chunks(response: requests.Response) -> Iterator[bytes]:
    try:
        yield from response.iter_content(_CHUNK_BYTES)
    except requests.RequestException as error:
        raise Unreachable(f"{response.url}: the answer broke off: {_cause_of(error)}") from error


def _cause_of(error: BaseException) -> BaseException:
    """The innermost error: connection refused, a certificate that is not trusted, timed out."""
    while error.__context__ is not None:
        error = error.__context__
    return error


def _error_of(response: requests.Response) -> ApiError:
    status = response.status_code
    retry_after = response.headers.get("Retry-After", "")
    retry_after_s = float(retry_after) if retry_after.isdecimal() else None
    try:
        detail = response.json()["detail"]
    except (ValueError, KeyError, TypeError):
        # An error page of a proxy.
        return ApiError(status, "The server answered without a message", retry_after_s=retry_after_s)
    if isinstance(detail, list):
        problems = cast(list[Problem], detail)
        text = "; ".join(f"{'.'.join(map(str, each['loc'][1:])) or 'request'}: {each['msg']}" for each in problems)
        return ApiError(status, text, problems, retry_after_s)
    reason = response.headers.get("Sky-Scan-Reason")
    return ApiError(status, str(detail) if reason is None else f"{detail}: {reason}", retry_after_s=retry_after_s)


def _refusal_of(error: InvalidHandshake) -> int | None:
    """The status of a refused handshake; websockets has renamed it."""
    status = getattr(error, "status_code", None) or getattr(getattr(error, "response", None), "status_code", None)
    return status if isinstance(status, int) else None


def _state_of(message: Message) -> tuple[object, ...]:
    """What makes a status different from the last one; times change with every message."""
    fault = message.get("fault")
    return (
        message["status"],
        fault and fault["observation"],
        message.get("rotor_rests"),
        message.get("resumes_itself"),
    )


def _blocks_in(body: bytearray) -> list[_Block]:
    """The complete blocks of the columnar format (``/docs``: application/vnd.skyscan.columnar)."""
    import numpy

    blocks: list[_Block] = []
    start = 0
    while (end := body.find(b"\n", start)) >= 0:
        header = json.loads(body[start:end])
        rows = header["rows"]
        offset = end + 1
        block: _Block = {}
        for column in header["columns"]:
            size = 8 if column["type"] == "float64" else 4
            if offset + rows * size > len(body):
                return blocks
            block[column["name"]] = numpy.frombuffer(body, "<f8" if size == 8 else "<u4", rows, offset)
            # Every column starts at a multiple of 8 bytes.
            offset += -(-rows * size // 8) * 8
        if rows > 0:
            blocks.append(_with_flag_names(block, header["flags"]))
        start = offset
    return blocks


def _with_flag_names(block: _Block, names: list[str]) -> _Block:
    import numpy

    if "flags" not in block:
        return block
    bits, index = numpy.unique(block["flags"], return_inverse=True)
    lists = [[name for k, name in enumerate(names) if int(each) >> k & 1] for each in bits]
    flags = numpy.array([" ".join(each) for each in lists], dtype=object)[index]
    units = numpy.array(["dBFS" if "uncalibrated" in each else "dBm" for each in lists], dtype=object)[index]
    return {**block, "flags": flags, "unit": units}


def _frequencies(spectra: dict[str, Any]) -> list[float]:
    """Centres of the channels, Hz."""
    return [spectra["first_channel_hz"] + k * spectra["channel_hz"] for k in range(spectra["channels"])]


def _attributes(column: str, unit: str) -> dict[str, str]:
    for ending, of_column in (("_dbm", unit), ("_db", "dB"), ("_ms", "ms"), ("azimuth", "degree"), ("elevation", "degree")):
        if column.endswith(ending):
            return {"units": of_column}
    return {}
