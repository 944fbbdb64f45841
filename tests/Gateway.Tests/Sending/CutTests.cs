using SentryOtel.Gateway.Sending;
using SentryOtel.Gateway.Telemetry;
using SentryOtel.Gateway.Tests.Support;

namespace SentryOtel.Gateway.Tests.Sending;

public sealed class CutTests
{
    [Fact]
    public async Task Record_that_is_not_taken_is_found_and_dropped_alone()
    {
        using var rig = new Rig();
        rig.Routes.Activate("orders");
        rig.Sender.Answer = (_, request) => Requests.SpanNames(request).Contains("span-617")
            ? new SendOutcome(SendOutcomeKind.Invalid, 400, "", TimeSpan.Zero)
            : ScriptedSender.Sent;
        rig.Ingest(Requests.Spans("orders", 1000));

        await rig.AdvanceAsync(TimeSpan.FromSeconds(1));

        Assert.Equal(999, rig.Balance("orders").Sent);
        Assert.Equal(1, rig.Balance("orders").DroppedFor(DropReason.Invalid));
        Assert.InRange(rig.Sender.Attempts.Count, 1, 30);
    }

    [Fact]
    public async Task Batch_of_nothing_but_bad_records_costs_a_bounded_number_of_attempts()
    {
        using var rig = new Rig();
        rig.Routes.Activate("orders");
        rig.Sender.Answer = (_, _) => new SendOutcome(SendOutcomeKind.Invalid, 400, "", TimeSpan.Zero);
        rig.Ingest(Requests.Spans("orders", 5000));

        await rig.AdvanceAsync(TimeSpan.FromSeconds(1));

        Assert.Equal(5000, rig.Balance("orders").DroppedFor(DropReason.Invalid));
        Assert.InRange(rig.Sender.Attempts.Count, 1, 300);
        Assert.Equal(0, rig.Admission.Reserved);
    }

    [Fact]
    public async Task Batch_that_is_too_large_is_halved_until_it_fits()
    {
        using var rig = new Rig();
        rig.Routes.Activate("orders");
        rig.Sender.Answer = (_, request) => Requests.SpanNames(request).Count > 100
            ? new SendOutcome(SendOutcomeKind.TooLarge, 413, "", TimeSpan.Zero)
            : ScriptedSender.Sent;
        rig.Ingest(Requests.Spans("orders", 800));

        await rig.AdvanceAsync(TimeSpan.FromSeconds(1));

        Assert.Equal(800, rig.Balance("orders").Sent);
    }

    [Fact]
    public async Task Lone_record_that_is_too_large_is_dropped_with_the_reason()
    {
        using var rig = new Rig();
        rig.Routes.Activate("orders");
        rig.Sender.Answer = (_, _) => new SendOutcome(SendOutcomeKind.TooLarge, 413, "", TimeSpan.Zero);
        rig.Ingest(Requests.Spans("orders", 1));

        await rig.AdvanceAsync(TimeSpan.FromSeconds(1));

        Assert.Equal(1, rig.Balance("orders").DroppedFor(DropReason.TooLarge));
    }
}
