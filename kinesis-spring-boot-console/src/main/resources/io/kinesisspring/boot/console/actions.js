/** What can be done, what it means, and the calls that do it. */

import { counted, shard as shardName } from './format.js';

/** A change may wait for the owners of leases for a minute. */
const TIMEOUT = 90_000;

function token(name) {
  return document.querySelector(`meta[name="${name}"]`)?.content;
}

/** The token of a console that has started again, or of another instance. */
export async function renewToken() {
  try {
    const response = await fetch('./', { headers: { Accept: 'text/html' } });
    if (response.ok && !response.redirected) {
      const page = new DOMParser().parseFromString(await response.text(), 'text/html');
      for (const name of ['kinesis-console-token', '_csrf', '_csrf_header']) {
        const fresh = page.querySelector(`meta[name="${name}"]`)?.content;
        const mine = document.querySelector(`meta[name="${name}"]`);
        if (fresh && mine) {
          mine.content = fresh;
        }
      }
    }
  }
  catch {
    // the next call says what is wrong
  }
}

/**
 * Call an action.
 * @returns the server's answer
 * @throws Error with the server's reason
 */
export async function call(listener, action, body) {
  const headers = {
    'Content-Type': 'application/json', Accept: 'application/json',
    'X-Kinesis-Console': token('kinesis-console-token') ?? '',
  };
  if (token('_csrf_header')) {
    headers[token('_csrf_header')] = token('_csrf');
  }
  let response;
  try {
    response = await fetch(`api/listeners/${encodeURIComponent(listener)}/${action}`, {
      method: 'POST', headers, body: JSON.stringify(body), signal: AbortSignal.timeout(TIMEOUT), redirect: 'manual',
    });
  }
  catch (error) {
    throw new Error(error.name === 'TimeoutError'
      ? 'No answer within 90 s. The change may still take place: look before you repeat it.'
      : 'The application does not answer. Whether the change has taken place is unknown: look before you repeat it.');
  }
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) {
    throw new Error(answer.reason ?? answer.redrive?.error ?? withoutReason(response));
  }
  return answer;
}

function withoutReason(response) {
  if (response.type === 'opaqueredirect' || response.status === 401) {
    return 'You are logged out. Reload the page to log in. Nothing has changed.';
  }
  switch (response.status) {
    case 403: return 'You are not allowed to do this, or the application has started again: reload the page. '
      + 'Nothing has changed.';
    case 404: return 'The listener does not exist, or access is read-only. Nothing has changed.';
    default: return `The server answered ${response.status} without a reason.`;
  }
}

const INSTANCE = 'this instance alone';
const FLEET = 'all instances';

/** For each action: its verb, its scope, what it does, and what was done. */
export const ACTIONS = {
  pause: {
    verb: 'Pause', doing: 'Pausing', scope: INSTANCE,
    effect: 'Deliveries stop after the current record. This instance keeps the leases and the lag grows. '
      + 'The pause ends with this instance. Another instance that takes over a shard reads it.',
    done: (answer) => `Paused ${counted(answer.shards?.length ?? 0, 'shard')} on this instance`
      + (answer.complete === false ? '. A record is still being processed' : ''),
  },
  resume: {
    verb: 'Resume', doing: 'Resuming', scope: INSTANCE,
    effect: 'Deliveries continue, also of shards that a failure has stopped: they try the failed record again.',
    done: (answer) => `Resumed ${counted(answer.shards?.length ?? 0, 'shard')} on this instance`,
  },
  release: {
    verb: 'Release', doing: 'Releasing', scope: FLEET,
    effect: 'The owner finishes the current record, writes its checkpoint and releases the lease. The instance that '
      + 'claims it next, often the same one, continues from the checkpoint.',
    done: () => 'Released the lease',
  },
  reset: {
    verb: 'Reset', doing: 'Resetting', scope: FLEET,
    effect: 'The checkpoints move. Meanwhile the shards are not read.',
    done: (answer) => `Moved the checkpoints of ${counted(answer.shards?.length ?? 0, 'shard')}`,
  },
  redrive: {
    verb: 'Redrive', doing: 'Redriving', scope: 'this instance, which excludes the others',
    effect: 'Dead letters are sent back to where they came from, and the listener gets them again.',
    done: (answer) => redriven(answer),
  },
  'stop-redrive': {
    verb: 'Stop redrive', doing: 'Stopping', scope: INSTANCE,
    effect: 'The redrive stops after the records that are being sent. The next one continues behind it.',
    done: (answer) => redriven(answer),
  },
};

function redriven({ redrive, complete }) {
  const records = counted(redrive?.redriven ?? 0, 'dead letter');
  return complete === false ? `The redrive runs: ${records} so far` : `${records} redriven, ${redrive?.left ?? 0} left`;
}

/** The question whether to act. */
export function question(listener, action, body) {
  switch (action) {
    case 'redrive': return `Redrive the dead letters of ${listener}?`;
    case 'stop-redrive': return `Stop the redrive of ${body.stream}?`;
    default: return `${ACTIONS[action].verb} ${target(listener, body)}?`;
  }
}

function target(listener, body) {
  if (body.shard) {
    return `shard ${shardName(body.shard)} of ${body.stream}`;
  }
  return body.stream ? `all shards of ${body.stream}` : `the listener ${listener}`;
}
