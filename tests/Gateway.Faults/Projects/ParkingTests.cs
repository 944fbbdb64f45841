using SentryOtel.Gateway.Faults.Projects.Support;
using SentryOtel.SentryServer.Faults;

namespace SentryOtel.Gateway.Faults.Projects;

/// <summary>Data of services whose project is not there yet: their order, their bounds, and every way out.</summary>
public sealed class ParkingTests
{
    private const string Creates = "/api/0/teams/*/*/projects/";
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task What_comes_while_the_project_is_made_arrives_in_the_order_in_which_it_came()
    {
        await using var world = await ProjectsWorld.StartAsync(new ProjectsSettings { Exporter = ["http: {compression: none}"], Queue = "{consumers_per_project: 1}" });
        var held = world.Sentry.Faults.Enqueue(new Fault { Path = Creates, Method = "POST", Hold = FaultPoint.Before });
        var sent = new List<Sent> { await world.SpansAsync("orders", 5) };
        await world.UntilAsync(() => held.Holding == 1, "the create");
        for (var i = 0; i < 10; i++)
        {
            sent.Add(await world.SpansAsync("orders", 5));
        }

        held.Release();
        for (var i = 0; i < 10; i++)
        {
            sent.Add(await world.SpansAsync("orders", 5));
        }

        await world.PassAsync(TimeSpan.FromSeconds(10));

        sent.ForEach(each => world.Expect(each, Fate.In(world.Project("orders"))));
        Assert.Equal(sent.SelectMany(each => each.Ids), world.State.Received.Spans().Select(span => span.Name));
        await world.FinishAsync();
    }

    [Fact]
    public async Task Service_that_fills_its_share_leaves_room_for_the_others()
    {
        var settings = new ProjectsSettings { Queue = "{parking: {max_bytes: 64KiB, max_bytes_per_service: 16KiB}}" };
        await using var world = await ProjectsWorld.StartAsync(settings);
        var outage = world.Sentry.Faults.Enqueue(new Fault { Path = "/api/0/projects/**", Count = null, Answer = new FaultAnswer { Status = 503 } });
        var loud = new List<Sent>();
        for (var i = 0; i < 30; i++)
        {
            loud.Add(await world.SpansAsync("loud", 10, padding: 200));
        }

        var quiet = new[] { await world.SpansAsync("quiet"), await world.LogsAsync("small") };
        Assert.InRange(world.Host.Exporters[0].Parking.Bytes, 10_000, 20_000);
        Assert.All(quiet, sent => Assert.True(sent.IsAccepted, sent.Message));
        world.Sentry.Faults.Remove(outage.Id);
        await world.PassAsync(Minute);

        foreach (var sent in loud.Concat(quiet))
        {
            world.Expect(sent, sent.IsAccepted ? Fate.In(world.Project(sent.Service)) : Fate.Refused);
        }

        Assert.InRange(loud.Count(sent => sent.IsAccepted), 2, 8);
        Assert.Equal(0, world.Host.Exporters[0].Parking.Bytes);
        await world.FinishAsync();
    }

    [Fact]
    public async Task What_waits_too_long_is_dropped_counted_and_gives_its_memory_back()
    {
        await using var world = await ProjectsWorld.StartAsync(new ProjectsSettings { Queue = "{parking: {max_age: 1m}}" });
        world.Sentry.Faults.Enqueue(new Fault { Path = "/api/0/projects/**", Count = null, Answer = new FaultAnswer { Status = 503 } });
        world.Expect(await world.SpansAsync("orders"), Fate.DroppedAs("parking_expired"));
        world.Expect(await world.LogsAsync("payroll"), Fate.DroppedAs("parking_expired"));
        await world.PassAsync(TimeSpan.FromSeconds(30));
        world.Expect(await world.SpansAsync("orders"), Fate.Queued);

        await world.PassAsync(TimeSpan.FromSeconds(35));

        var routes = await world.PageAsync("/routes");
        Assert.Contains("\"service\":\"orders\"", routes, StringComparison.Ordinal);
        Assert.Contains("Sentry failed", routes, StringComparison.Ordinal);
        Assert.Contains("sentry_otel_gateway_parked_services{exporter=\"sentry\"} 1", await world.PageAsync("/metrics"), StringComparison.Ordinal);
        await world.FinishAsync();
    }

    [Fact]
    public async Task Service_that_can_not_be_resolved_holds_up_no_other()
    {
        await using var world = await ProjectsWorld.StartAsync(new ProjectsSettings());
        world.Sentry.Faults.Enqueue(new Fault { Path = "/api/0/projects/acme/broken/", Count = null, Answer = new FaultAnswer { Status = 500 } });
        world.Expect(await world.SpansAsync("broken"), Fate.Queued);
        var sent = new List<Sent>();
        for (var i = 0; i < 10; i++)
        {
            sent.Add(await world.SpansAsync($"service-{i}"));
        }

        await world.PassAsync(TimeSpan.FromSeconds(15));

        sent.ForEach(each => world.Expect(each, Fate.In(world.Project(each.Service))));
        await world.FinishAsync();
    }
}
