using SentryOtel.Gateway.Configuration;
using SentryOtel.Gateway.Forwarding;
using SentryOtel.Gateway.Queueing;
using SentryOtel.Gateway.Receiving;
using SentryOtel.Gateway.Sending;
using SentryOtel.Gateway.Telemetry;

namespace SentryOtel.Gateway.Tests.Forwarding;

public sealed class MetricsForwarderTests
{
    [Fact]
    public async Task Request_is_forwarded_once_and_its_memory_is_given_back()
    {
        using var rig = new ForwarderRig();

        var outcome = await rig.IngestAsync(6);

        Assert.Equal(IngestOutcomeKind.Accepted, outcome.Kind);
        Assert.Equal((6, 6, 0), (rig.Balance.Accepted, rig.Balance.Sent, rig.Balance.Queued));
        Assert.Single(rig.Attempts);
        Assert.Equal(0, rig.Admission.Reserved);
    }

    [Fact]
    public async Task Retry_waits_as_long_as_the_destination_asks()
    {
        using var rig = new ForwarderRig();
        rig.Answer = number => number == 1 ? ForwardOutcome.Failed(SendOutcomeKind.Transient, 429, "", TimeSpan.FromSeconds(42)) : ForwardOutcome.Sent(200, 0, "");

        await rig.IngestAsync(1);
        Assert.Equal(HoldReason.BackingOff, rig.Forwarder.Read().Hold);
        await rig.AdvanceAsync(TimeSpan.FromSeconds(60));

        Assert.Equal([TimeSpan.Zero, TimeSpan.FromSeconds(42)], rig.Attempts);
        Assert.Equal(1, rig.Balance.Sent);
        Assert.Equal(1, rig.Balance.Retries);
    }

    [Fact]
    public async Task Retries_grow_apart_and_end_with_their_reason()
    {
        using var rig = new ForwarderRig(retry: new RetryConfiguration { RandomizationFactor = 0, MaxElapsedTime = TimeSpan.FromSeconds(30) });
        rig.Answer = _ => ForwardOutcome.Failed(SendOutcomeKind.Transient, 503, "");

        await rig.IngestAsync(2);
        await rig.AdvanceAsync(TimeSpan.FromMinutes(5));

        Assert.Equal([0, 5, 12.5, 23.75], rig.Attempts.Select(at => at.TotalSeconds));
        Assert.Equal(2, rig.Balance.DroppedFor(DropReason.RetriesExhausted));
        Assert.Equal(0, rig.Admission.Reserved);
    }

    [Theory]
    [InlineData(nameof(SendOutcomeKind.Invalid), nameof(DropReason.Invalid))]
    [InlineData(nameof(SendOutcomeKind.TooLarge), nameof(DropReason.TooLarge))]
    [InlineData(nameof(SendOutcomeKind.Refused), nameof(DropReason.Refused))]
    public async Task What_may_not_be_tried_again_is_dropped_with_its_reason(string answer, string reason)
    {
        using var rig = new ForwarderRig { Answer = _ => ForwardOutcome.Failed(Enum.Parse<SendOutcomeKind>(answer), 400, "no") };

        await rig.IngestAsync(3);

        Assert.Equal(3, rig.Balance.DroppedFor(Enum.Parse<DropReason>(reason)));
        Assert.Single(rig.Attempts);
    }

    [Fact]
    public async Task Data_that_wait_too_long_expire()
    {
        using var rig = new ForwarderRig(new QueueConfiguration { MaxAge = TimeSpan.FromMinutes(2) }, new RetryConfiguration { MaxElapsedTime = TimeSpan.Zero });
        rig.Answer = _ => ForwardOutcome.Failed(SendOutcomeKind.Transient, 503, "", TimeSpan.FromMinutes(30));

        await rig.IngestAsync(3);
        await rig.AdvanceAsync(TimeSpan.FromMinutes(3));

        Assert.Equal(3, rig.Balance.DroppedFor(DropReason.Expired));
        Assert.Single(rig.Attempts);
    }

    [Fact]
    public async Task Full_queue_tells_the_client_to_come_back_and_counts_what_it_brought()
    {
        using var rig = new ForwarderRig(new QueueConfiguration { MaxBytesPerProject = 60 });
        rig.Answer = _ => ForwardOutcome.Failed(SendOutcomeKind.Transient, 503, "", TimeSpan.FromSeconds(20));
        await rig.IngestAsync(1);

        var outcome = await rig.IngestAsync(20);

        Assert.Equal((IngestOutcomeKind.Full, TimeSpan.FromSeconds(20)), (outcome.Kind, outcome.RetryAfter));
        Assert.Equal(20, Assert.Single(rig.Counters.RefusedMetrics).Value.Items);
        Assert.Equal(1, rig.Balance.Accepted);
    }

    [Fact]
    public async Task Other_bounds_hold_from_the_next_request_and_for_what_waits()
    {
        using var rig = new ForwarderRig();
        rig.Answer = _ => ForwardOutcome.Failed(SendOutcomeKind.Transient, 503, "", TimeSpan.FromMinutes(4));
        await rig.IngestAsync(3);

        rig.Forwarder.Apply(rig.Exporter with { Queue = new QueueConfiguration { MaxBytesPerProject = 60, MaxAge = TimeSpan.FromMinutes(1) } });

        Assert.Equal(IngestOutcomeKind.Full, (await rig.IngestAsync(20)).Kind);
        await rig.AdvanceAsync(TimeSpan.FromMinutes(2));
        Assert.Equal(3, rig.Balance.DroppedFor(DropReason.Expired));
    }

    [Fact]
    public async Task Stop_drops_what_the_destination_does_not_take_and_counts_it()
    {
        using var rig = new ForwarderRig();
        rig.Answer = _ => ForwardOutcome.Failed(SendOutcomeKind.Transient, 503, "");
        await rig.IngestAsync(5);

        await rig.Forwarder.DrainAsync(new CancellationToken(canceled: true));

        Assert.Equal(5, rig.Balance.DroppedFor(DropReason.Shutdown));
        Assert.Equal((0, 0), (rig.Balance.Queued, rig.Admission.Reserved));
    }
}
