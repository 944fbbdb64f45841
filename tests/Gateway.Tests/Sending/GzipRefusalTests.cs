using SentryOtel.Gateway.Sending;
using SentryOtel.Gateway.Telemetry;
using SentryOtel.Gateway.Tests.Support;

namespace SentryOtel.Gateway.Tests.Sending;

public sealed class GzipRefusalTests
{
    private static readonly SendOutcome Unsupported = new(SendOutcomeKind.Refused, 415, "no gzip here", TimeSpan.Zero);

    [Fact]
    public async Task Batch_whose_gzip_is_refused_is_sent_uncompressed()
    {
        using var rig = new Rig();
        rig.Routes.Activate("orders");
        rig.Sender.AnswerTo = batch => batch.IsGzip ? Unsupported : ScriptedSender.Sent;
        var request = Requests.Spans("orders", 300);
        rig.Ingest(request);

        await rig.AdvanceAsync(TimeSpan.FromSeconds(1));

        Assert.Equal([request, request], rig.Sender.AttemptsOf("orders"));
        Assert.Equal(300, rig.Balance("orders").Sent);
        Assert.Equal(0, rig.Admission.Reserved);
    }

    [Fact]
    public async Task Batch_that_is_refused_plain_as_well_is_dropped_with_the_reason()
    {
        using var rig = new Rig();
        rig.Routes.Activate("orders");
        rig.Sender.AnswerTo = _ => Unsupported;
        rig.Ingest(Requests.Spans("orders", 300));

        await rig.AdvanceAsync(TimeSpan.FromSeconds(1));

        Assert.Equal(2, rig.Sender.Attempts.Count);
        Assert.Equal(300, rig.Balance("orders").DroppedFor(DropReason.Refused));
        Assert.Equal(0, rig.Admission.Reserved);
    }
}
