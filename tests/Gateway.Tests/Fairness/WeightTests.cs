using SentryOtel.Gateway.Tests.Support;

namespace SentryOtel.Gateway.Tests.Fairness;

/// <summary>A queue's share is that of its project's route.</summary>
public sealed class WeightTests
{
    [Fact]
    public void Queue_starts_with_the_weight_of_its_route_and_follows_its_changes()
    {
        using var rig = new Rig();
        rig.Routes.Weights["orders"] = 4;
        rig.Routes.Activate("orders");
        rig.Routes.Activate("shop");

        rig.Ingest(Requests.Spans("orders", 1));
        rig.Ingest(Requests.Spans("shop", 1));
        Assert.Equal([("orders", 4, 4), ("shop", 1, 1)], Weights());

        rig.Routes.Weights["orders"] = 2;
        rig.Routes.Weights["shop"] = 9;
        rig.Routes.Activate("another");
        Assert.Equal([("orders", 2, 2), ("shop", 9, 9)], Weights());

        (string, int, int)[] Weights() => [.. rig.Pipeline.Queues.All.Select(queue => (queue.Name, queue.Turns.Seal.Weight, queue.Turns.Send.Weight)).Order()];
    }
}
