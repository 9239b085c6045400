/** The one connection of the page: events, and connecting again by itself. */

/** The server sends a state each second. */
const SILENT = 10_000;

/** A stream that lived longer, and ends so soon after an event, has merely ended. */
const SOON = 3000;

const LONGEST_PAUSE = 10_000;

/** A page that nobody sees lets go, so that nothing is read for it. */
const ASLEEP_AFTER = 10 * 60 * 1000;

/**
 * Connect, and stay connected.
 * @param on `state(document)`, `sample(document)`, `open()` after each connect, and
 * `change(status)` with `{phase, since, next, reason}`; phase is `connecting`, `live`,
 * `down` or `asleep`
 * @returns `retry()`, which connects at once
 */
export function connect(on) {
  let source;
  let attempts = 0;
  let heard = 0;
  let timer;
  let sleep;
  let lost;

  function open() {
    clearTimeout(timer);
    source?.close();
    heard = Date.now();
    const since = heard;
    let opened = false;
    let fed = false;
    const mine = source = new EventSource('api/state/stream');
    const parsed = (use) => (event) => {
      if (source === mine) {
        heard = Date.now();
        use(JSON.parse(event.data));
      }
    };
    mine.addEventListener('open', () => {
      if (source === mine) {
        opened = true;
        heard = Date.now();
        on.open();
      }
    });
    mine.addEventListener('state', parsed((state) => {
      attempts = 0;
      fed = true;
      lost = undefined;
      on.change({ phase: 'live' });
      on.state(state);
    }));
    mine.addEventListener('sample', parsed(on.sample));
    mine.addEventListener('error', () => {
      if (source === mine) {
        // the server ends each stream after some minutes, and asks again who reads it
        if (fed && heard - since > SOON && Date.now() - heard < SOON) {
          open();
        }
        else {
          failed(undefined, !opened);
        }
      }
    });
  }

  async function failed(reason, refused) {
    source?.close();
    source = undefined;
    lost ??= Date.now();
    const pause = Math.min(LONGEST_PAUSE, 500 * 2 ** attempts++) * (0.8 + 0.4 * Math.random());
    const next = Date.now() + pause;
    on.change({ phase: 'down', since: lost, next, reason });
    clearTimeout(timer);
    timer = setTimeout(open, pause);
    const why = reason ?? await probe(refused);
    if (source === undefined && why) {
      on.change({ phase: 'down', since: lost, next, reason: why });
    }
  }

  setInterval(() => {
    if (source && Date.now() - heard > SILENT) {
      failed('The connection is open but silent');
    }
  }, 1000);

  document.addEventListener('visibilitychange', () => {
    clearTimeout(sleep);
    if (document.hidden) {
      sleep = setTimeout(() => {
        clearTimeout(timer);
        source?.close();
        source = undefined;
        on.change({ phase: 'asleep', since: Date.now() });
      }, ASLEEP_AFTER);
    }
    else if (!source) {
      open();
    }
  });

  // Browsers keep pages that were left, and have six connections for all pages of a host
  addEventListener('pagehide', () => {
    clearTimeout(timer);
    source?.close();
    source = undefined;
  });
  addEventListener('pageshow', (event) => event.persisted && !source && open());

  on.change({ phase: 'connecting' });
  open();
  return { retry: open };
}

/** Why there is no stream of events: an EventSource does not say. */
async function probe(refused) {
  try {
    const response = await fetch('api/state', { headers: { Accept: 'application/json' } });
    if (response.redirected || response.status === 401) {
      return 'You are logged out: reload the page to log in';
    }
    if (response.status === 403) {
      return 'You may not read this endpoint any more';
    }
    if (!response.ok) {
      return `The server answers ${response.status}`;
    }
    return refused ? 'The application answers, but opens no stream: perhaps too many pages are open' : undefined;
  }
  catch {
    return navigator.onLine ? 'The application does not answer' : 'This computer is offline';
  }
}
