using SentryOtel.Gateway.Receiving;
using SentryOtel.Gateway.Routing;
using SentryOtel.Gateway.Telemetry;
using SentryOtel.Gateway.Tests.Support;
using SentryOtel.Sentry.Routing;

namespace SentryOtel.Gateway.Tests.Ingest;

public sealed class RouteLimitTests
{
    [Fact]
    public async Task Route_takes_its_items_per_second_and_the_client_is_told_of_the_rest()
    {
        using var rig = new Rig();
        rig.Routes.Set("orders", RouteAnswer.Active(new Route("orders", FixedRoutes.Target("orders"), new RouteLimits(10, null))));
        rig.Routes.Activate("payroll");

        Assert.Equal(IngestOutcomeKind.Accepted, rig.Ingest(Requests.Spans("orders", 10)).Kind);
        var limited = rig.Ingest(Requests.Traces(("orders", ["o"]), ("payroll", ["p"])));

        Assert.Equal((IngestOutcomeKind.Partial, 1L), (limited.Kind, limited.Rejected));
        Assert.Equal(1, rig.Balance("payroll").Accepted);
        Assert.Equal(1, Assert.Single(rig.Accounts.Rejected, entry => entry.Key.Reason == RejectReason.RouteLimit).Value.Items);
        await rig.AdvanceAsync(TimeSpan.FromSeconds(1));
        Assert.Equal(IngestOutcomeKind.Accepted, rig.Ingest(Requests.Spans("orders", 1)).Kind);
    }

    [Fact]
    public async Task Request_larger_than_a_seconds_share_passes_and_is_paid_for_afterwards()
    {
        using var rig = new Rig();
        rig.Routes.Set("orders", RouteAnswer.Active(new Route("orders", FixedRoutes.Target("orders"), new RouteLimits(10, null))));

        Assert.Equal(IngestOutcomeKind.Accepted, rig.Ingest(Requests.Spans("orders", 50)).Kind);
        await rig.AdvanceAsync(TimeSpan.FromSeconds(3));
        Assert.Equal(IngestOutcomeKind.Partial, rig.Ingest(Requests.Spans("orders", 1)).Kind);
        await rig.AdvanceAsync(TimeSpan.FromSeconds(2));
        Assert.Equal(IngestOutcomeKind.Accepted, rig.Ingest(Requests.Spans("orders", 1)).Kind);
    }
}
