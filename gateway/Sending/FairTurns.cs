using SentryOtel.Gateway.Queueing;

namespace SentryOtel.Gateway.Sending;

/// <summary>
/// The order in which queues get one kind of work done. Queues wait in a heap by their due time and cost nothing until then; those that are due go round in a ring and are served by
/// bytes, not by batches (deficit round robin, Shreedhar and Varghese 1995): each round gives a queue the same number of bytes, times its weight, and what it can not use yet it keeps
/// until its batch fits. A queue with large batches so gets no more than one with small ones. Guarded by the scheduler's lock.
/// </summary>
/// <param name="turnOf">A queue's place in these turns.</param>
/// <param name="dueAt">When a queue wants its next turn; null when it wants none.</param>
/// <param name="costOf">Bytes of what a queue wants done now; null for nothing.</param>
internal sealed class FairTurns(Func<ProjectQueue, Turn> turnOf, Func<ProjectQueue, TimeSpan?> dueAt, Func<ProjectQueue, long?> costOf)
{
    /// <summary>Bytes of a round: a small batch goes at once, and one of several megabytes does not hold a round up for long.</summary>
    public const long Quantum = 64 * 1024;

    /// <summary>What a batch costs beside its bytes: a request holds its sender for a round trip, however small it is.</summary>
    public const long FixedCost = 4 * 1024;

    private readonly PriorityQueue<ProjectQueue, TimeSpan> _waiting = new();
    private readonly Queue<ProjectQueue> _ring = new();

    /// <summary>When the next queue falls due; null when none waits.</summary>
    public TimeSpan? NextDue => _waiting.TryPeek(out _, out var due) ? due : null;

    /// <summary>Looks at a queue anew.</summary>
    public void Schedule(ProjectQueue queue)
    {
        var turn = turnOf(queue);
        if (turn.InRing)
        {
            return;
        }

        if (dueAt(queue) is not { } due)
        {
            turn.Due = null;
        }
        else if (turn.Due is not { } known || due < known)
        {
            // A later due time keeps the earlier entry: the queue is looked at then and put back, so the heap does not grow.
            turn.Due = due;
            _waiting.Enqueue(queue, due);
        }
    }

    /// <summary>Brings those that are due by now into the ring.</summary>
    public void Admit(TimeSpan now)
    {
        while (_waiting.TryPeek(out var queue, out var due) && due <= now)
        {
            _waiting.Dequeue();
            var turn = turnOf(queue);
            if (turn.Due == due && !turn.InRing)
            {
                (turn.Due, turn.InRing) = (null, true);
                _ring.Enqueue(queue);
            }
        }
    }

    /// <summary>The queue whose turn it is, among those that may go; null when there is none.</summary>
    public ProjectQueue? Next(Func<ProjectQueue, bool> mayGo)
    {
        var passed = 0;
        var rounds = long.MaxValue;
        while (_ring.TryPeek(out var queue))
        {
            var turn = turnOf(queue);
            if (costOf(queue) is not { } bytes)
            {
                _ring.Dequeue();
                turn.Leave();
                Schedule(queue);
            }
            else
            {
                if (mayGo(queue))
                {
                    turn.Begin(Quantum);
                    if (turn.TryPay(bytes + FixedCost))
                    {
                        return queue;
                    }

                    rounds = Math.Min(rounds, turn.RoundsTo(bytes + FixedCost, Quantum));
                }

                turn.End();
                _ring.Enqueue(_ring.Dequeue());
                passed++;
            }

            if (passed >= _ring.Count)
            {
                if (rounds == long.MaxValue)
                {
                    return null;
                }

                // Rounds in which nobody's batch would fit are gone through at once.
                Give(rounds - 1, mayGo);
                (passed, rounds) = (0, long.MaxValue);
            }
        }

        return null;
    }

    private void Give(long rounds, Func<ProjectQueue, bool> mayGo)
    {
        foreach (var queue in _ring)
        {
            if (rounds > 0 && mayGo(queue))
            {
                turnOf(queue).Give(rounds * Quantum);
            }
        }
    }
}
