using SentryOtel.Gateway.Faults.Support;
using SentryOtel.SentryServer.Faults;
using SentryOtel.SentryServer.State;

namespace SentryOtel.Clients.JavaScript;

/// <summary>OpenTelemetry JS, in each form that npm has.</summary>
public sealed class NodeTests(SentryProcess sentry) : IClassFixture<SentryProcess>
{
    [Theory]
    [InlineData("grpc", true)]
    [InlineData("grpc", false)]
    [InlineData("proto", true)]
    [InlineData("proto", false)]
    [InlineData("json", true)]
    [InlineData("json", false)]
    public async Task Every_span_and_log_record_arrives_once_in_its_project(string form, bool gzip)
    {
        await using var world = await ClientWorld.StartAsync(sentry);
        var (orders, payroll) = (await sentry.StandIn.NewProjectAsync("orders"), await sentry.StandIn.NewProjectAsync("payroll"));

        var reports = await Task.WhenAll(
            NodeService.RunAsync(Options(world, form, orders) with { Gzip = gzip }), NodeService.RunAsync(Options(world, form, payroll) with { Gzip = gzip, Spans = 40, Logs = 30 }));

        Assert.All(reports, report => Assert.All(report.HandedOver, handed => Assert.True(handed.Ok, handed.Error)));
        await world.SettleAsync();
        await world.AssertReceivedAsync(orders, reports[0].SpanIds, reports[0].Made.Logs);
        await world.AssertReceivedAsync(payroll, reports[1].SpanIds, reports[1].Made.Logs);
        Assert.Empty(reports.SelectMany(report => report.Diagnostics));
    }

    // The gRPC exporter of OpenTelemetry JS sends nothing again, whatever the answer: its loss is its own, and it is told of it.
    [Theory]
    [InlineData("grpc", false)]
    [InlineData("proto", true)]
    [InlineData("json", true)]
    public async Task Full_gateway_makes_the_client_wait_and_send_again_and_what_it_took_arrives(string form, bool sendsAgain)
    {
        // The gateway knows the project from the start, so that nothing waits for it elsewhere; each hand-over is larger than what is free once another waits.
        var orders = await sentry.StandIn.NewProjectAsync("orders");
        await using var world = await ClientWorld.StartAsync(sentry, new GatewaySettings { Exporter = ["queue: {max_bytes_per_project: 6KiB}", "http: {compression: none}"] });
        var down = await sentry.StandIn.FaultAsync(
            new Fault { Path = orders.Ingest, Side = ServerSide.Ingest, Count = null, Answer = new FaultAnswer { Status = 503 } });

        var run = NodeService.RunAsync(Options(world, form, orders) with { Spans = 150, Logs = 0, Batch = 50, Gzip = false });
        await ClientWorld.UntilAsync(async () => run.IsCompleted || (await world.BooksAsync()).Sum("requests_total", ("outcome", "full")) > 0, "a request that is told to come back");
        await sentry.StandIn.RemoveFaultAsync(down);
        var report = await run;

        Assert.True((await world.BooksAsync()).Sum("requests_total", ("outcome", "full")) > 0);
        await world.SettleAsync();
        var taken = report.HandedOver.Where(handed => handed.Ok).Sum(handed => handed.Items);
        Assert.All(report.HandedOver, handed => Assert.True(handed.Ok || (!sendsAgain && handed.Error!.Contains("the queue is full", StringComparison.Ordinal)), handed.Error));
        var received = (await world.ReceivedAsync(orders)).Spans;
        Assert.Equal(taken, received.Count);
        Assert.Equal(received.Count, received.Intersect(report.SpanIds).Count());
        Assert.Equal(taken, (await world.BooksAsync()).Sum("items_sent_total"));
        Assert.Equal(0, (await world.BooksAsync()).Sum("items_dropped_total"));
    }

    [Theory]
    [InlineData("grpc")]
    [InlineData("proto")]
    [InlineData("json")]
    public async Task Refused_data_are_told_as_partial_success_and_not_sent_again(string form)
    {
        await using var world = await ClientWorld.StartAsync(sentry);
        var options = new NodeOptions { Form = form, Endpoint = EndpointOf(world, form), Service = null, Spans = 7, Logs = 5 };

        var report = await NodeService.RunAsync(options);

        Assert.All(report.HandedOver, handed => Assert.True(handed.Ok, handed.Error));
        Assert.Equal(2, report.HandedOver.Count);
        Assert.Contains(report.Diagnostics, text => text.Contains("7 rejected: the resource attribute service.name is missing", StringComparison.Ordinal));
        Assert.Contains(report.Diagnostics, text => text.Contains("5 rejected: the resource attribute service.name is missing", StringComparison.Ordinal));
        Assert.Equal(12, (await world.BooksAsync()).Sum("items_rejected_total", ("reason", "missing_attribute")));
    }

    private static NodeOptions Options(ClientWorld world, string form, SentryProject project) =>
        new() { Form = form, Endpoint = EndpointOf(world, form), Service = project.Slug };

    private static Uri EndpointOf(ClientWorld world, string form) => form == "grpc" ? world.Gateway.Grpc : world.Gateway.Http;
}
