"""Millrace from Python: submit training requests, follow their runs, compare them.

One file that needs only Python 3.9 or later. With pandas 2, tables are DataFrames; without it, they
are lists of dicts.

    from millrace import Millrace

    millrace = Millrace("http://127.0.0.1:8080")        # token="..." if the service requires one
    runs = millrace.submit(request)                     # a dict, or its JSON; a sweep is many runs
    for run in runs:
        millrace.wait(run)
    print(millrace.compare("shoes"))                    # variants side by side, with a verdict
    print(millrace.history(runs[0]))                    # by epoch
    model = millrace.load_keras(runs[0])                # with keras installed
"""

from __future__ import annotations

import http.client
import json
import struct
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from typing import Any, Dict, Iterator, List, NamedTuple, Optional, TextIO, Union

__all__ = ["Event", "Millrace", "MillraceError", "MillraceRefused"]

#: States in which a run has ended.
ENDED = ("COMPLETED", "FAILED", "CANCELLED", "REJECTED")

_PAGE = 500
_LOSSES_PAGE = 100_000


class MillraceError(Exception):
    """The service is unavailable, does not answer, or rejects a request."""


class MillraceRefused(MillraceError):
    """The service rejected a request.

    status: the HTTP status; detail: what is wrong and what is right; field: the field of the
    request, or the parameter, that is wrong, or None.
    """

    def __init__(self, status: int, detail: str, field: Optional[str] = None) -> None:
        super().__init__(f"{status}: {detail}")
        self.status = status
        self.detail = detail
        self.field = field


class Event(NamedTuple):
    """An event of a run: ``type`` is run, log or steps, and ``data`` is its JSON.

    A later ``watch(run, after=id)`` continues after the event with this ``id``.
    """

    type: str
    id: str
    data: Dict[str, Any]


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """Follows no redirects: the service sends none, and no other host may see the token."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


class Millrace:
    """A client of a results service.

    url: the address of the service; token: an API token with the role reader, or submitter to
    submit and cancel; timeout: for one response, in seconds; frames: whether tables are pandas
    DataFrames, by default if pandas is installed.
    """

    def __init__(
        self,
        url: str = "http://127.0.0.1:8080",
        token: Optional[str] = None,
        timeout: float = 60.0,
        frames: Optional[bool] = None,
    ) -> None:
        self._url = url.rstrip("/")
        self._token = token
        self._timeout = timeout
        self._pandas = _pandas(frames)
        self._opener = urllib.request.build_opener(_NoRedirects)

    # Requests.

    def submit(self, request: Union[Dict[str, Any], str]) -> List[str]:
        """Submits a training request or a sweep. Returns the ids of its runs."""
        body = request if isinstance(request, str) else json.dumps(request)
        return self._json("/runs", method="POST", body=body.encode("utf-8"))["runs"]

    def cancel(self, run: str) -> None:
        """Cancels a run that is queued or running."""
        self._bytes("/runs/" + _quote(run), method="DELETE")

    # Runs.

    def run(self, run: str) -> Dict[str, Any]:
        """Returns the details of a run, without its curves."""
        return self._json("/runs/" + _quote(run))

    def runs(self, most: int = 1000, **filters: Any) -> Any:
        """Returns a table of runs, by default the newest first.

        most: the maximum number of runs; filters: the parameters of GET /runs, such as
        experiment="shoes", state=["RUNNING"], where="val_acc>=0.8", sort="test_acc". The metrics of
        the latest epoch are columns with their own names. Metrics on the test part have the prefix
        test_.
        """
        rows: List[Dict[str, Any]] = []
        cursor = None
        while len(rows) < most:
            page = self._json(
                "/runs", {**filters, "limit": min(_PAGE, most - len(rows)), "cursor": cursor}
            )
            rows += [_flat_run(run) for run in page["runs"]]
            cursor = page.get("next")
            if cursor is None:
                break
        return self._table(rows, times=("queued_at", "started_at", "ended_at"))

    def history(self, run: str) -> Any:
        """Returns a table of a run's epochs: times, speeds, and metrics by their Keras names."""
        rows = []
        for epoch in self._json(f"/runs/{_quote(run)}/history")["epochs"]:
            metrics = epoch.pop("metrics")
            rows.append({**epoch, **metrics})
        return self._table(rows, times=("at",))

    def losses(self, run: str) -> Any:
        """Returns a table of a run's steps: step, epoch, loss.

        A loss that is not finite is NaN in a DataFrame, and None in a list of dicts.
        """
        rows: List[Dict[str, Any]] = []
        start: Optional[int] = 0
        while start is not None:
            page = self._json(
                f"/runs/{_quote(run)}/losses", {"from": start, "limit": _LOSSES_PAGE}
            )
            rows += page["steps"]
            start = page.get("next")
        return self._table(rows)

    def watch(
        self, run: str, after: Optional[str] = None, patience: float = 300.0
    ) -> Iterator[Event]:
        """Yields the events of a run as they happen, until the run has ended.

        after: the id of the last known event; "0.0" yields all events; by default, only new events
        follow. A broken connection is opened again, and no step or log entry is repeated or missed.
        Raises MillraceError if the service is unavailable for longer than patience, in seconds.
        """
        position = after
        end = _End(is_late=after is None)
        answered = time.monotonic()
        pause = 0.5
        while True:
            try:
                for event in self._stream(run, position):
                    answered = time.monotonic()
                    pause = 0.5
                    if event is not None:
                        position = event.id
                        yield event
                    if end.is_reached(event):
                        return
            except MillraceRefused as e:
                if e.status not in (429, 503):
                    raise
                reason: Exception = e
            except (OSError, http.client.HTTPException, MillraceError) as e:
                reason = e
            else:
                reason = MillraceError("the stream ended")
            if time.monotonic() - answered > patience:
                raise MillraceError(f"no answer for {patience:.0f} s: {reason}") from reason
            time.sleep(pause)
            pause = min(2 * pause, 15.0)

    def follow(self, run: str, out: Optional[TextIO] = None) -> Dict[str, Any]:
        """Prints the log of a run until the run has ended. Returns its details."""
        out = sys.stdout if out is None else out
        for event in self.watch(run, after="0.0"):
            if event.type == "log":
                print(f"{event.data['at']} {event.data.get('text', event.data['type'])}", file=out)
        return self.run(run)

    def wait(self, run: str, timeout: Optional[float] = None) -> Dict[str, Any]:
        """Waits until a run has ended. Returns its details.

        Raises TimeoutError after timeout seconds. A failed run raises no error: check its state and
        reason. If the service is unavailable, keeps trying for five minutes.
        """
        begin = answered = time.monotonic()
        pause = 0.25
        while True:
            try:
                found = self.run(run)
                answered = time.monotonic()
                if found["state"] in ENDED:
                    return found
            except MillraceRefused as e:
                if e.status not in (429, 503) or time.monotonic() - answered > 300:
                    raise
            except MillraceError:
                if time.monotonic() - answered > 300:
                    raise
            if timeout is not None and time.monotonic() - begin + pause > timeout:
                raise TimeoutError(f"run {run} has not ended within {timeout} s")
            time.sleep(pause)
            pause = min(1.5 * pause, 5.0)

    # Experiments.

    def experiment(
        self, experiment: str, metric: Optional[str] = None, baseline: Optional[str] = None
    ) -> Dict[str, Any]:
        """Returns an experiment: its answer, and its variants with all their numbers."""
        return self._json(
            "/experiments/" + _quote(experiment), {"metric": metric, "baseline": baseline}
        )

    def compare(
        self, experiment: str, metric: Optional[str] = None, baseline: Optional[str] = None
    ) -> Any:
        """Returns a table that compares the variants of an experiment.

        Each row has the mean of the metric over the completed runs of a variant, with n, std, low
        and high (the 95% confidence interval), min and max. Against the baseline, it has the
        difference, p_corrected and the verdict. The attrs of a DataFrame have the answer, the
        metric and the baseline.
        """
        found = self.experiment(experiment, metric, baseline)
        judged = found.get("metric", metric)
        table = self._table([_flat_variant(v, judged) for v in found["variants"]])
        if self._pandas is not None:
            for name in ("answer", "metric", "baseline"):
                table.attrs[name] = found.get(name)
        return table

    # Models.

    def load_keras(self, run: str) -> Any:
        """Returns the trained model of a run as a Keras 3 model with its weights.

        Its input must be rescaled and standardized as in the run's request. Needs keras with a
        backend. The model comes from GET /runs/{run}/model?format=safetensors.
        """
        try:
            import keras
            import numpy
        except ImportError as e:
            raise ImportError(
                "load_keras needs keras 3 with a backend (pip install keras jax, or tensorflow, or"
                f" torch): {e}"
            ) from e
        header, tensors = _safetensors(
            self._bytes(f"/runs/{_quote(run)}/model", {"format": "safetensors"})
        )
        model = keras.models.model_from_json(header["__metadata__"]["keras"])
        names = sorted(
            (name for name in header if name != "__metadata__"),
            key=lambda name: header[name]["data_offsets"],
        )
        for layer in model.layers:
            layer.set_weights(
                [
                    numpy.frombuffer(
                        tensors[slice(*header[name]["data_offsets"])], "<f4"
                    ).reshape(header[name]["shape"])
                    for name in names
                    if name.startswith(layer.name + "/")
                ]
            )
        return model

    # HTTP.

    def _table(self, rows: List[Dict[str, Any]], times: tuple = ()) -> Any:
        if self._pandas is None:
            return rows
        table = self._pandas.DataFrame(rows)
        for name in times:
            if name in table:
                table[name] = self._pandas.to_datetime(table[name], utc=True, format="ISO8601")
        return table

    def _json(
        self,
        path: str,
        parameters: Optional[Dict[str, Any]] = None,
        method: str = "GET",
        body: Optional[bytes] = None,
    ) -> Any:
        return json.loads(self._bytes(path, parameters, method, body))

    def _bytes(
        self,
        path: str,
        parameters: Optional[Dict[str, Any]] = None,
        method: str = "GET",
        body: Optional[bytes] = None,
    ) -> bytes:
        try:
            with self._open(path, parameters, method, body, {}, self._timeout) as response:
                return response.read()
        except (OSError, http.client.HTTPException) as e:
            raise MillraceError(f"{self._url} does not answer: {e}") from e

    def _open(
        self,
        path: str,
        parameters: Optional[Dict[str, Any]],
        method: str,
        body: Optional[bytes],
        headers: Dict[str, str],
        timeout: float,
    ) -> Any:
        given = {k: _parameter(v) for k, v in (parameters or {}).items() if v is not None}
        query = "?" + urllib.parse.urlencode(given, doseq=True) if given else ""
        request = urllib.request.Request(self._url + path + query, data=body, method=method)
        for name, value in headers.items():
            request.add_header(name, value)
        if body is not None:
            request.add_header("Content-Type", "application/json")
        if self._token is not None:
            request.add_header("Authorization", "Bearer " + self._token)
        try:
            return self._opener.open(request, timeout=timeout)
        except urllib.error.HTTPError as e:
            with e:
                raise _refused(e) from None

    def _stream(self, run: str, position: Optional[str]) -> Iterator[Optional[Event]]:
        """Yields the events of one connection, and None for each keep-alive comment."""
        headers = {"Accept": "text/event-stream"}
        if position is not None:
            headers["Last-Event-ID"] = position
        path = f"/runs/{_quote(run)}/events"
        with self._open(path, None, "GET", None, headers, self._timeout) as response:
            fields: Dict[str, str] = {}
            for line in response:
                text = line.decode("utf-8").rstrip("\r\n")
                if text.startswith(":"):
                    yield None
                elif text:
                    name, _, value = text.partition(":")
                    value = value[1:] if value.startswith(" ") else value
                    if name == "data" and name in fields:
                        value = fields[name] + "\n" + value
                    fields[name] = value
                elif "data" in fields:
                    yield Event(
                        fields.get("event", "message"), fields["id"], json.loads(fields["data"])
                    )
                    fields = {}


class _End:
    """Detects the end of a stream: the run has ended, and all its steps and log have arrived."""

    def __init__(self, is_late: bool) -> None:
        self._is_late = is_late
        self._is_logged = False
        self._steps: Optional[int] = None

    def is_reached(self, event: Optional[Event]) -> bool:
        if event is None:
            return self._steps is not None
        if event.type == "log":
            self._is_logged = event.data["type"].upper() in ENDED
        elif event.type == "run":
            ended = event.data["state"] in ENDED
            self._steps = event.data.get("steps_done", 0) if ended else None
            if ended and self._is_late:
                return True
        self._is_late = False
        step = int(event.id.rpartition(".")[2])
        return self._is_logged and self._steps is not None and step >= self._steps


def _pandas(frames: Optional[bool]) -> Any:
    if frames is False:
        return None
    try:
        import pandas
    except ImportError:
        if frames:
            raise
        return None
    return pandas


def _quote(name: str) -> str:
    return urllib.parse.quote(name, safe="")


def _parameter(value: Any) -> Any:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (list, tuple)):
        return [_parameter(one) for one in value]
    return value


def _refused(error: urllib.error.HTTPError) -> MillraceRefused:
    """Reads a problem document (RFC 9457), or the reason of another response, such as a proxy's."""
    body = error.read(1 << 20)
    try:
        problem = json.loads(body)
        return MillraceRefused(
            error.code, problem.get("detail") or str(error.reason), problem.get("field")
        )
    except (ValueError, AttributeError):
        return MillraceRefused(error.code, str(error.reason))


def _flat_run(run: Dict[str, Any]) -> Dict[str, Any]:
    flat = {name: value for name, value in run.items() if name not in ("metrics", "test")}
    flat.update(run.get("metrics") or {})
    flat.update({"test_" + name: value for name, value in (run.get("test") or {}).items()})
    return flat


def _flat_variant(variant: Dict[str, Any], metric: Optional[str]) -> Dict[str, Any]:
    flat: Dict[str, Any] = {
        "variant": variant["variant"],
        "runs": len(variant["runs"]),
        "completed": variant["completed"],
    }
    spread = _spread(variant, metric) or {}
    for name in ("mean", "n", "std", "low", "high", "min", "max"):
        flat[name] = spread.get(name)
    comparison = variant.get("comparison") or {}
    for name in ("difference", "p", "p_corrected", "effect_size", "verdict", "more_seeds"):
        flat[name] = comparison.get(name)
    return flat


def _spread(variant: Dict[str, Any], metric: Optional[str]) -> Optional[Dict[str, Any]]:
    if metric is None:
        return None
    if metric.startswith("test_"):
        return (variant.get("test") or {}).get(metric[len("test_") :])
    single = variant.get(metric)
    return single if isinstance(single, dict) else (variant.get("last_epoch") or {}).get(metric)


def _safetensors(content: bytes) -> tuple:
    """Returns the header of a safetensors file, and the bytes of its tensors."""
    (length,) = struct.unpack("<Q", content[:8])
    return json.loads(content[8 : 8 + length]), memoryview(content)[8 + length :]
