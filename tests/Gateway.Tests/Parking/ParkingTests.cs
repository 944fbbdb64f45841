using SentryOtel.Gateway.Configuration;
using SentryOtel.Gateway.Receiving;
using SentryOtel.Gateway.Routing;
using SentryOtel.Gateway.Telemetry;
using SentryOtel.Gateway.Tests.Support;

namespace SentryOtel.Gateway.Tests.Parking;

public sealed class ParkingTests
{
    [Fact]
    public async Task First_data_of_an_unknown_service_arrive_whole_and_in_order_once_the_route_is_there()
    {
        using var rig = new Rig();
        Assert.Equal(IngestOutcomeKind.Accepted, rig.Ingest(Requests.Traces(("orders", ["a", "b"]))).Kind);
        Assert.Equal(IngestOutcomeKind.Accepted, rig.Ingest(Requests.Traces(("orders", ["c"]))).Kind);
        await rig.AdvanceAsync(TimeSpan.FromMinutes(1));
        Assert.Empty(rig.Sender.Attempts);
        Assert.Contains("orders", rig.Routes.Announced);

        rig.Routes.Activate("orders");
        await rig.AdvanceAsync(TimeSpan.FromSeconds(1));

        Assert.Equal(["a", "b", "c"], rig.Sender.Attempts.SelectMany(attempt => Requests.SpanNames(attempt.Request)));
        Assert.Equal(3, rig.Balance("orders").Sent);
        Assert.Equal(0, rig.Pipeline.Parking.Bytes);
    }

    [Fact]
    public async Task Data_that_wait_too_long_are_dropped_with_the_reason()
    {
        using var rig = new Rig(new QueueConfiguration { Parking = new ParkingConfiguration { MaxAge = TimeSpan.FromMinutes(1) } });
        rig.Ingest(Requests.Spans("orders", 3));

        await rig.AdvanceAsync(TimeSpan.FromSeconds(61));

        Assert.Equal(3, rig.Balance("orders").DroppedFor(DropReason.ParkingExpired));
        Assert.Equal(0, rig.Admission.Reserved);
    }

    [Fact]
    public async Task Data_of_a_service_that_turns_out_to_have_no_project_are_dropped_with_the_reason()
    {
        using var rig = new Rig();
        rig.Ingest(Requests.Spans("orders", 3));

        rig.Routes.Set("orders", RouteAnswer.None(RejectReason.NoProject, "there is no project orders"));
        await rig.AdvanceAsync(TimeSpan.FromSeconds(1));

        Assert.Equal(3, rig.Balance("orders").DroppedFor(DropReason.NoProject));
        Assert.Equal(IngestOutcomeKind.Partial, rig.Ingest(Requests.Spans("orders", 1)).Kind);
    }

    [Fact]
    public void Full_parking_refuses_and_takes_nothing()
    {
        using var rig = new Rig(new QueueConfiguration { Parking = new ParkingConfiguration { MaxServices = 1 } });
        rig.Ingest(Requests.Spans("orders", 3));

        var refused = rig.Ingest(Requests.Spans("billing", 1));

        Assert.Equal(IngestOutcomeKind.Full, refused.Kind);
        Assert.Equal(0, rig.Balance("billing").Accepted);
    }

    [Fact]
    public void Full_parking_rejects_its_part_of_a_request_and_takes_the_rest()
    {
        using var rig = new Rig(new QueueConfiguration { Parking = new ParkingConfiguration { MaxServices = 1 } });
        rig.Routes.Activate("orders");
        rig.Ingest(Requests.Spans("waiting", 1));

        var outcome = rig.Ingest(Requests.Traces(("orders", ["o"]), ("billing", ["b"])));

        Assert.Equal((IngestOutcomeKind.Partial, 1L), (outcome.Kind, outcome.Rejected));
        Assert.Equal(1, rig.Balance("orders").Accepted);
        Assert.Equal(1, Assert.Single(rig.Accounts.Rejected, entry => entry.Key.Reason == RejectReason.ParkingFull).Value.Items);
    }

    [Fact]
    public void Source_that_is_not_ready_and_can_not_wait_makes_the_gateway_unavailable()
    {
        using var rig = new Rig();
        rig.Routes.NotReady = "the routing table is not loaded yet";

        var outcome = rig.Ingest(Requests.Spans("orders", 3));

        Assert.Equal(IngestOutcomeKind.Unavailable, outcome.Kind);
        Assert.True(outcome.RetryAfter > TimeSpan.Zero);
    }
}
