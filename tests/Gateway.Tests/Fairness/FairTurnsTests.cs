using SentryOtel.Gateway.Configuration;
using SentryOtel.Gateway.Queueing;
using SentryOtel.Gateway.Receiving;
using SentryOtel.Gateway.Sending;
using SentryOtel.Gateway.Tests.Support;
using SentryOtel.Otlp;
using SentryOtel.Sentry.RateLimits;
using SentryOtel.Testing;

namespace SentryOtel.Gateway.Tests.Fairness;

public sealed class FairTurnsTests
{
    private readonly Dictionary<ProjectQueue, Turn> _turns = [];
    private readonly Dictionary<ProjectQueue, long?> _costs = [];

    [Fact]
    public void Queues_that_always_have_work_get_the_same_bytes_whatever_the_size_of_their_batches()
    {
        var turns = Turns(out var small, out var large);
        (_costs[small], _costs[large]) = (20_000, 4_000_000);

        var bytes = Serve(turns, 20_000);

        Assert.InRange((double)bytes[large] / bytes[small], 0.75, 1.3);
    }

    [Fact]
    public void Weight_multiplies_a_queues_share()
    {
        var turns = Turns(out var one, out var three, secondWeight: 3);
        (_costs[one], _costs[three]) = (100_000, 100_000);

        var bytes = Serve(turns, 4000);

        Assert.InRange((double)bytes[three] / bytes[one], 2.9, 3.1);
    }

    [Fact]
    public void Small_batch_is_served_before_a_second_large_one()
    {
        var turns = Turns(out var small, out var large);
        (_costs[small], _costs[large]) = (null, 4_000_000);
        Assert.Equal(large, turns.Next(_ => true));

        _costs[small] = 1000;
        turns.Schedule(small);
        turns.Admit(TimeSpan.Zero);

        Assert.Equal(small, turns.Next(_ => true));
    }

    [Fact]
    public void Queue_that_may_not_go_holds_nobody_up_and_saves_nothing_up()
    {
        var turns = Turns(out var held, out var free);
        (_costs[held], _costs[free]) = (1_000_000, 1_000_000);
        for (var i = 0; i < 50; i++)
        {
            Assert.Equal(free, turns.Next(queue => queue != held));
        }

        var bytes = Serve(turns, 100);

        Assert.InRange((double)bytes[held] / bytes[free], 0.8, 1.3);
    }

    [Fact]
    public void Nobody_is_named_when_nobody_has_work()
    {
        var turns = Turns(out var first, out var second);
        (_costs[first], _costs[second]) = (null, null);

        Assert.Null(turns.Next(_ => true));
        Assert.Null(turns.NextDue);
    }

    [Theory]
    [InlineData(32, null, 32, 128)]
    [InlineData(32, 200, 32, 128)]
    [InlineData(32, 64, 32, 32)]
    [InlineData(32, 40, 30, 10)]
    [InlineData(32, 8, 6, 2)]
    [InlineData(32, 1, 1, 0)]
    public void Capacity_stays_within_the_connections_that_are_allowed(int consumers, int? connections, int senders, int overdue) =>
        Assert.Equal(new SendCapacity(senders, overdue), SendCapacity.From(consumers, connections));

    private FairTurns Turns(out ProjectQueue first, out ProjectQueue second, int secondWeight = 1)
    {
        (first, second) = (Queue("a"), Queue("b"));
        (_turns[first], _turns[second]) = (new Turn(), new Turn(secondWeight));
        (_costs[first], _costs[second]) = (1, 1);
        var turns = new FairTurns(queue => _turns[queue], queue => _costs[queue] is null ? null : TimeSpan.Zero, queue => _costs[queue]);
        turns.Schedule(first);
        turns.Schedule(second);
        turns.Admit(TimeSpan.Zero);
        return turns;
    }

    private Dictionary<ProjectQueue, long> Serve(FairTurns turns, int batches)
    {
        var bytes = new Dictionary<ProjectQueue, long>();
        for (var i = 0; i < batches; i++)
        {
            var queue = turns.Next(_ => true)!;
            bytes[queue] = bytes.GetValueOrDefault(queue) + _costs[queue]!.Value;
        }

        return bytes;
    }

    private static ProjectQueue Queue(string name)
    {
        var time = new FakeTimeProvider();
        return new ProjectQueue(
            name,
            OtlpSignal.Traces,
            FixedRoutes.Target(name),
            new QueueLimits(1, TimeSpan.FromMinutes(1), 1, TimeSpan.Zero, 1, 1, 1, 1, Gzip: false),
            new QueueRoom(1, new Admission(1)),
            new Backoff(new RetryConfiguration(), new Random(1)),
            new RateLimitStore(time),
            new MonotonicClock(time));
    }
}
