using System.Globalization;
using SentryOtel.Gateway.Ingest;
using SentryOtel.Gateway.Receiving;
using SentryOtel.Gateway.Sending;
using SentryOtel.Gateway.Tests.Support;
using SentryOtel.Otlp;

namespace SentryOtel.Gateway.Tests.Ingest;

public sealed class ForgottenQueueTests
{
    [Fact]
    public async Task Queues_of_services_that_fell_silent_are_forgotten_and_come_back_with_their_data()
    {
        using var rig = new Rig();
        for (var i = 0; i < 500; i++)
        {
            await SendAsync(rig, Name(i));
            await rig.AdvanceAsync(TimeSpan.FromSeconds(10));
        }

        Assert.InRange(rig.Pipeline.Queues.All.Count(), 54, 62);
        await SendAsync(rig, Name(0));
        Assert.Equal((2, 2), ((int)rig.Balance(Name(0)).Sent, (int)rig.Balance(Name(0)).Accepted));
    }

    [Fact]
    public async Task Queue_that_holds_data_is_never_forgotten()
    {
        using var rig = new Rig();
        rig.Sender.Answer = (project, _) => project == "down" ? new SendOutcome(SendOutcomeKind.Cancelled, 0, "", TimeSpan.Zero) : ScriptedSender.Sent;
        var target = FixedRoutes.Target("down");
        rig.RateLimits.Apply(target.PublicKey, target.Organization, 429, null, "3000");
        await SendAsync(rig, "down");
        await rig.AdvanceAsync(TimeSpan.FromMinutes(9));
        for (var i = 0; i < 3; i++)
        {
            await SendAsync(rig, Name(i));
        }

        Assert.Contains(rig.Pipeline.Queues.All, queue => queue.Name == "down");
        Assert.Equal(1, rig.Balance("down").Queued);
    }

    [Fact]
    public void Data_for_a_queue_that_was_just_forgotten_go_to_a_new_one()
    {
        using var rig = new Rig();
        rig.Routes.Activate("orders");
        var plan = new ExporterGroup(rig.Pipeline).Plan(OtlpSignal.Traces, Requests.Spans("orders", 1));
        var forgotten = rig.Pipeline.Queues.All.Single();
        Assert.True(forgotten.TryRetire(TimeSpan.Zero));

        Assert.Equal(IngestOutcomeKind.Accepted, rig.Ingest(Requests.Spans("orders", 1)).Kind);

        Assert.NotSame(forgotten, rig.Pipeline.Queues.All.Single());
        Assert.NotNull(plan);
        Assert.Equal(1, rig.Balance("orders").Accepted);
    }

    private static string Name(int index) => string.Create(CultureInfo.InvariantCulture, $"service-{index}");

    private static async Task SendAsync(Rig rig, string service)
    {
        rig.Routes.Activate(service);
        Assert.Equal(IngestOutcomeKind.Accepted, rig.Ingest(Requests.Spans(service, 1)).Kind);
        await rig.AdvanceAsync(TimeSpan.FromSeconds(1));
    }
}
