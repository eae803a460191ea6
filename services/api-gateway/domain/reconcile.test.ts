import { describe, expect, test } from 'vitest';
import { decideRepairs, type ListedSession, type Repair, type StoredSession } from './reconcile.ts';

const stored: StoredSession = {
  id: 4,
  status: 'running',
  revision: 3,
  completed: 10,
  total: 20,
  handedOver: true,
};
const listed: ListedSession = { id: 4, status: 'running', revision: 3, completed: 10, total: 20 };
const catchUp = (points: boolean, status: boolean, of: ListedSession): Repair => ({
  do: 'catch_up',
  id: 4,
  points,
  status,
  listed: of,
});

type Row = [string, Partial<StoredSession> | undefined, Partial<ListedSession> | undefined, Repair[]];

describe('reconciliation', () => {
  const rows: Row[] = [
    ['equal: confirm', {}, {}, [{ do: 'confirm', id: 4, listed }]],
    [
      'never handed over',
      { status: 'pending', handedOver: false, completed: 0 },
      undefined,
      [{ do: 'hand_over', id: 4 }],
    ],
    ['handed over, but lost', {}, undefined, [{ do: 'restore', id: 4 }]],
    [
      'lost before its first point',
      { status: 'pending', completed: 0 },
      undefined,
      [{ do: 'restore', id: 4 }],
    ],
    ['paused and lost', { status: 'paused' }, undefined, [{ do: 'restore', id: 4 }]],
    ['completed and forgotten', { status: 'completed' }, undefined, []],
    ['cancelled and forgotten', { status: 'cancelled' }, undefined, []],
    ['points missing', { completed: 7 }, {}, [catchUp(true, false, listed)]],
    ['status missing', { revision: 2 }, {}, [catchUp(false, true, listed)]],
    ['both missing', { revision: 2, completed: 0 }, {}, [catchUp(true, true, listed)]],
    [
      'handed over, but not marked',
      { status: 'pending', revision: 0, completed: 0, handedOver: false },
      { status: 'pending', revision: 1, completed: 0 },
      [catchUp(false, true, { id: 4, status: 'pending', revision: 1, completed: 0, total: 20 })],
    ],
    ['points added', {}, { total: 27 }, [catchUp(false, false, { ...listed, total: 27 })]],
    ['a total that the list does not have yet', { total: 27 }, {}, [{ do: 'confirm', id: 4, listed }]],
    ['stored faster than listed', { completed: 12 }, {}, [{ do: 'confirm', id: 4, listed }]],
    ['a status that overtook the list', { revision: 4 }, {}, []],
    [
      'ended and not yet forgotten',
      { status: 'completed' },
      { status: 'completed' },
      [{ do: 'confirm', id: 4, listed: { ...listed, status: 'completed' } }],
    ],
    [
      'cancelled while the orchestrator was away, which still runs it',
      { status: 'cancelled', revision: 9 },
      {},
      [{ do: 'cancel', id: 4 }],
    ],
    [
      'cancelled there too',
      { status: 'cancelled' },
      { status: 'cancelled' },
      [{ do: 'confirm', id: 4, listed: { ...listed, status: 'cancelled' } }],
    ],
    [
      'cancelled, with points at the orchestrator, which has ended it too',
      { status: 'cancelled', completed: 0 },
      { status: 'cancelled' },
      [catchUp(true, false, { ...listed, status: 'cancelled' })],
    ],
    ...(['pending', 'running', 'paused'] as const).flatMap((status): Row[] =>
      (['completed', 'cancelled'] as const).map((ended) => [
        `${ended} here, ${status} with a newer revision at the orchestrator`,
        { status: ended },
        { status, revision: 100, completed: 12 },
        [{ do: 'cancel', id: 4 }],
      ]),
    ),
    [
      'completed here, cancelled there after an old journal was restored',
      { status: 'completed' },
      { status: 'cancelled', revision: 2, completed: 4 },
      [{ do: 'confirm', id: 4, listed: { ...listed, status: 'cancelled', revision: 2, completed: 4 } }],
    ],
    ['a session of another database', undefined, {}, [{ do: 'ignore', id: 4 }]],
  ];
  test.each(rows)('%s', (_, inDatabase, atOrchestrator, repairs) => {
    const rowsStored = inDatabase ? [{ ...stored, ...inDatabase }] : [];
    const rowsListed = atOrchestrator ? [{ ...listed, ...atOrchestrator }] : [];
    expect(decideRepairs(rowsStored, rowsListed, () => false)).toEqual(repairs);
  });

  test('corrects a status that is ahead of the orchestrator twice', () => {
    const ahead = [{ ...stored, status: 'paused' as const, revision: 4 }];
    expect(decideRepairs(ahead, [listed], () => true)).toEqual([{ do: 'correct', id: 4, listed }]);
  });

  test('sessions are handed over in the order of their creation', () => {
    const sessions = [3, 5, 8].map((id) => ({ ...stored, id, handedOver: id === 3, completed: 0 }));
    expect(decideRepairs(sessions, [], () => false)).toEqual([
      { do: 'restore', id: 3 },
      { do: 'hand_over', id: 5 },
      { do: 'hand_over', id: 8 },
    ]);
  });
});
