using SentryOtel.Gateway.Queueing;
using SentryOtel.Gateway.Telemetry;
using SentryOtel.Gateway.Tests.Support;
using SentryOtel.Otlp;
using SentryOtel.SentryServer.Faults;
using SentryOtel.SentryServer.State;

namespace SentryOtel.Gateway.Tests.Sending;

public sealed class SentryAnswersTests
{
    [Fact]
    public async Task First_batch_of_a_service_nobody_knew_arrives_whole_in_its_new_project()
    {
        await using var gateway = await LiveGateway.StartAsync("auto_create_projects: true");

        await gateway.SendTracesAsync(Requests.Spans("orders", 100));
        await gateway.SendTracesAsync(Requests.Spans("orders", 100, "more"));

        await gateway.UntilAsync(() => gateway.SpansOf("orders").Count == 200, "200 spans in project orders");
        Assert.Equal(200, gateway.SpansOf("orders").Distinct().Count());
        await gateway.UntilAsync(() => gateway.Host.Accounts.Of("sentry", OtlpSignal.Traces, "orders").Read().Sent == 200, "the books of that");
    }

    [Fact]
    public async Task Project_that_does_not_exist_and_may_not_be_made_is_told_to_the_client()
    {
        await using var gateway = await LiveGateway.StartAsync(projects: "payroll");
        await gateway.SendTracesAsync(Requests.Spans("orders", 3));

        await gateway.UntilAsync(
            () => gateway.Host.Accounts.Of("sentry", OtlpSignal.Traces, "orders").Read().DroppedFor(DropReason.NoProject) == 3, "the drop of what was parked");
        using var response = await gateway.PostAsync("/v1/traces", Requests.Spans("orders", 2));

        var body = OpenTelemetry.Proto.Collector.Trace.V1.ExportTraceServiceResponse.Parser.ParseFrom(await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        Assert.Equal(2, body.PartialSuccess.RejectedSpans);
        Assert.Contains("no project \"orders\"", body.PartialSuccess.ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Request_says_what_Relay_wants_to_read()
    {
        await using var gateway = await LiveGateway.StartAsync(projects: "orders");

        await gateway.SendTracesAsync(Requests.Spans("orders", 1));
        await gateway.UntilAsync(() => gateway.SpansOf("orders").Count == 1, "the span");

        var request = Assert.Single(gateway.Sentry.State.Requests.All(ServerSide.Ingest));
        Assert.Equal("application/x-protobuf", request.ContentType);
        Assert.Equal("gzip", request.ContentEncoding);
        Assert.StartsWith("sentry-otel-gateway/", request.UserAgent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Limit_on_the_spans_of_one_project_holds_these_and_nothing_else()
    {
        await using var gateway = await LiveGateway.StartAsync(projects: ["orders", "payroll"]);
        var orders = gateway.Sentry.State.Projects.Find("orders")!;
        await gateway.SendTracesAsync(Requests.Spans("orders", 1, "first"));
        await gateway.UntilAsync(() => gateway.SpansOf("orders").Count == 1, "the first span");
        gateway.Sentry.State.Limits.Add(new ActiveLimit
        {
            Scope = LimitScope.Project,
            ProjectId = orders.Id,
            Categories = ["span"],
            Until = TimeProvider.System.GetUtcNow().AddSeconds(4),
            Reason = "project_quota",
        });

        await gateway.SendTracesAsync(Requests.Spans("orders", 5));
        await gateway.SendLogsAsync(Requests.Logs("orders", "one", "two"));
        await gateway.SendTracesAsync(Requests.Spans("payroll", 5));

        await gateway.UntilAsync(() => gateway.SpansOf("payroll").Count == 5 && gateway.Sentry.State.Received.Logs("orders").Length == 2, "what no limit holds");
        await gateway.UntilAsync(() => gateway.SpansOf("orders").Count == 6, "the spans, once the limit is over");
        Assert.Single(gateway.Sentry.State.Requests.All(ServerSide.Ingest), request => request.Status == 429);
    }

    [Fact]
    public async Task Batch_beyond_Sentrys_bound_is_cut_until_it_passes()
    {
        await using var gateway = await LiveGateway.StartAsync(modes: new Modes { MaxBodyBytes = 2000 }, projects: "orders");

        await gateway.SendTracesAsync(Requests.Spans("orders", 200));

        await gateway.UntilAsync(() => gateway.SpansOf("orders").Count == 200, "all spans");
        Assert.Equal(200, gateway.SpansOf("orders").Distinct().Count());
    }

    [Fact]
    public async Task Batch_beyond_the_bound_of_an_old_Relay_is_cut_as_well()
    {
        await using var gateway = await LiveGateway.StartAsync(modes: new Modes { MaxBodyBytes = 2000, SizeErrorsAreBadRequests = true }, projects: "orders");

        await gateway.SendTracesAsync(Requests.Spans("orders", 200));

        await gateway.UntilAsync(() => gateway.SpansOf("orders").Count == 200, "all spans");
    }

    [Theory]
    [InlineData(503)]
    [InlineData(500)]
    [InlineData(502)]
    [InlineData(408)]
    public async Task Data_survive_a_Sentry_that_fails_for_a_while(int status)
    {
        await using var gateway = await LiveGateway.StartAsync(projects: "orders");
        gateway.Sentry.Faults.Enqueue(new Fault { Path = "**", Side = ServerSide.Ingest, Count = 3, Answer = new FaultAnswer { Status = status } });

        await gateway.SendTracesAsync(Requests.Spans("orders", 10));

        await gateway.UntilAsync(() => gateway.SpansOf("orders").Count == 10, "all spans");
        Assert.Equal(4, gateway.Sentry.State.Requests.All(ServerSide.Ingest).Length);
    }

    [Fact]
    public async Task Data_survive_a_connection_that_breaks()
    {
        await using var gateway = await LiveGateway.StartAsync(projects: "orders");
        gateway.Sentry.Faults.Enqueue(new Fault { Path = "**", Side = ServerSide.Ingest, Count = 2, Reset = FaultPoint.Before });

        await gateway.SendTracesAsync(Requests.Spans("orders", 10));

        await gateway.UntilAsync(() => gateway.SpansOf("orders").Count == 10, "all spans");
    }

    [Fact]
    public async Task Refused_project_is_held_and_the_others_flow()
    {
        await using var gateway = await LiveGateway.StartAsync(modes: new Modes { LogsIngestion = false }, projects: ["orders", "payroll"]);
        await gateway.SendTracesAsync(Requests.Spans("orders", 1));
        await gateway.UntilAsync(() => gateway.SpansOf("orders").Count == 1, "the span");

        await gateway.SendLogsAsync(Requests.Logs("orders", "one"));
        await gateway.SendTracesAsync(Requests.Spans("payroll", 1));

        await gateway.UntilAsync(() => gateway.SpansOf("payroll").Count == 1, "the other project's span");
        await gateway.UntilAsync(
            () => gateway.Host.Exporters[0].Queues.All.Any(queue => queue is { Name: "orders", Signal: OtlpSignal.Logs } && queue.Read().Hold == HoldReason.Forbidden),
            "the hold of the logs");
        Assert.Equal(1, gateway.Host.Accounts.Of("sentry", OtlpSignal.Logs, "orders").Read().Queued);
    }
}
