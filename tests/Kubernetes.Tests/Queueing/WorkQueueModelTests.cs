using FsCheck;
using FsCheck.Fluent;
using SentryOtel.Kubernetes.Queueing;
using SentryOtel.Testing;

namespace SentryOtel.Kubernetes.Tests.Queueing;

/// <summary>Random histories of the queue against the plainest possible model of it.</summary>
public sealed class WorkQueueModelTests
{
    private enum Verb
    {
        Add,
        AddLow,
        AddAfter,
        Take,
        Done,
        Advance,
    }

    [Fact]
    public void Any_history_gives_the_same_keys_in_the_same_order_as_the_model()
    {
        var step = from verb in Gen.Elements(Enum.GetValues<Verb>())
                   from key in Gen.Choose(0, 4)
                   from amount in Gen.Choose(1, 6)
                   select (verb, key, amount);

        Prop.ForAll(step.ListOf().ToArbitrary(), steps => Agrees(steps)).Check(Config.QuickThrowOnFailure.WithMaxTest(500));
    }

    private static bool Agrees(IEnumerable<(Verb Verb, int Key, int Amount)> steps)
    {
        var time = new FakeTimeProvider();
        using var queue = new WorkQueue<int>(new ItemExponentialFailureRateLimiter<int>(), time);
        var model = new Model();
        foreach (var (verb, key, amount) in steps)
        {
            switch (verb)
            {
                case Verb.Add or Verb.AddLow:
                    var priority = verb == Verb.Add ? WorkQueuePriority.Normal : WorkQueuePriority.Low;
                    queue.Add(key, priority);
                    model.Add(key, priority);
                    break;
                case Verb.AddAfter:
                    queue.AddAfter(key, TimeSpan.FromSeconds(amount));
                    model.AddAfter(key, amount);
                    break;
                case Verb.Take when queue.Count > 0:
                    var taken = queue.GetAsync(CancellationToken.None);
                    if (!taken.IsCompleted || taken.Result!.Value.Key != model.Take())
                    {
                        return false;
                    }

                    break;
                case Verb.Done when model.Processing.Contains(key):
                    queue.Done(key);
                    model.Done(key);
                    break;
                case Verb.Advance:
                    time.Advance(TimeSpan.FromSeconds(amount));
                    model.Advance(amount);
                    break;
                default:
                    break;
            }

            if (queue.Count != model.Ready.Count || queue.ProcessingCount != model.Processing.Count || queue.DelayedCount != model.Delayed.Count)
            {
                return false;
            }
        }

        return true;
    }

    private sealed class Model
    {
        private int _arrivals;
        private int _now;

        public List<(int Key, int Priority, int Arrival)> Ready { get; } = [];

        public HashSet<int> Processing { get; } = [];

        public Dictionary<int, (int Due, int Sequence)> Delayed { get; } = [];

        private Dictionary<int, int> Again { get; } = [];

        public void Add(int key, int priority)
        {
            var waiting = Ready.FindIndex(entry => entry.Key == key);
            if (waiting >= 0)
            {
                Ready[waiting] = Ready[waiting] with { Priority = Math.Max(Ready[waiting].Priority, priority) };
            }
            else if (Processing.Contains(key))
            {
                Again[key] = Math.Max(Again.GetValueOrDefault(key, int.MinValue), priority);
            }
            else
            {
                Ready.Add((key, priority, _arrivals++));
            }
        }

        public void AddAfter(int key, int delay)
        {
            if (!Delayed.TryGetValue(key, out var known) || _now + delay < known.Due)
            {
                Delayed[key] = (_now + delay, _arrivals++);
            }
        }

        public int Take()
        {
            var first = Ready.OrderByDescending(entry => entry.Priority).ThenBy(entry => entry.Arrival).First();
            Ready.Remove(first);
            Processing.Add(first.Key);
            return first.Key;
        }

        public void Done(int key)
        {
            Processing.Remove(key);
            if (Again.Remove(key, out var priority))
            {
                Ready.Add((key, priority, _arrivals++));
            }
        }

        public void Advance(int by)
        {
            for (var second = 0; second < by; second++)
            {
                _now++;
                foreach (var key in Delayed.Where(entry => entry.Value.Due == _now).OrderBy(entry => entry.Value.Sequence).Select(entry => entry.Key).ToArray())
                {
                    Delayed.Remove(key);
                    Add(key, WorkQueuePriority.Normal);
                }
            }
        }
    }
}
