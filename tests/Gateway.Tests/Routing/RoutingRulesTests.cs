using System.Text.Json.Nodes;
using Google.Protobuf;
using OpenTelemetry.Proto.Collector.Trace.V1;
using OpenTelemetry.Proto.Common.V1;
using OpenTelemetry.Proto.Resource.V1;
using SentryOtel.Gateway.Tests.Support;
using SentryOtel.Testing;

namespace SentryOtel.Gateway.Tests.Routing;

/// <summary>The table of docs/gateway.md, "Routing", row by row, from the wire to the project.</summary>
public sealed class RoutingRulesTests
{
    private const string Fallback = "routing: {on_missing_attribute: fallback, fallback_project: rest}";
    private const string Mapping = "routing: {attribute_to_project_mapping: {My Service: orders, ' orders ': rest} }";
    private const string Normalize = "routing: {slug_policy: normalize}";

    [Theory]
    [InlineData("", "orders", "orders")]
    [InlineData("", "unknown_service", "unknown_service")]
    [InlineData("", "a-slug-of-more-than-fifty-characters-which-sentry-takes", "a-slug-of-more-than-fifty-characters-which-sentry-takes")]
    [InlineData(Mapping, "My Service", "orders")]
    [InlineData(Mapping, " orders ", "rest")]
    [InlineData(Mapping, "orders", "orders")]
    [InlineData(Normalize, "OrdersService", "orders-service")]
    [InlineData(Normalize, "orders.service", "orders-service")]
    [InlineData(Normalize, "orders", "orders")]
    [InlineData(Fallback, null, "rest")]
    [InlineData(Fallback, "", "rest")]
    public async Task Value_goes_to_its_project(string routing, string? value, string project)
    {
        await using var gateway = await LiveGateway.StartAsync(
            routing, projects: ["orders", "rest", "orders-service", "unknown_service", "a-slug-of-more-than-fifty-characters-which-sentry-takes"]);

        await gateway.SendTracesAsync(Requests.Traces((value, ["it"])));

        await gateway.UntilAsync(() => gateway.SpansOf(project).Contains("it"), $"the span in {project}");
    }

    [Theory]
    [InlineData("", "OrdersService", "unroutable_value")]
    [InlineData("", "orders/api", "unroutable_value")]
    [InlineData("", "é", "unroutable_value")]
    [InlineData("", "auth", "unroutable_value")]
    [InlineData("", null, "missing_attribute")]
    [InlineData("", "", "missing_attribute")]
    [InlineData(Mapping, "my service", "unroutable_value")]
    public async Task Value_without_a_project_is_refused_by_number_and_reason(string routing, string? value, string reason)
    {
        await using var gateway = await LiveGateway.StartAsync(routing, projects: ["orders", "rest"]);

        await AssertRefusedAsync(gateway, Requests.Traces((value, ["it"])), reason);
    }

    [Theory]
    [InlineData("")]
    [InlineData(Normalize)]
    public async Task All_digits_never_reach_the_project_of_that_id(string routing)
    {
        await using var gateway = await LiveGateway.StartAsync(routing + (routing.Length > 0 ? "\n    auto_create_projects: true" : string.Empty), projects: ["payroll"]);
        var id = gateway.Sentry.State.Projects.Find("payroll")!.Id.ToString(System.Globalization.CultureInfo.InvariantCulture);

        using var response = await gateway.PostAsync("/v1/traces", Requests.Traces((id, ["it"]), ("payroll", ["other"])));
        await gateway.UntilAsync(() => gateway.SpansOf("payroll").Contains("other"), "the span of payroll itself");

        Assert.DoesNotContain("it", gateway.SpansOf("payroll"));
        if (routing == Normalize)
        {
            await gateway.UntilAsync(() => gateway.Sentry.State.Received.Spans().Any(span => span.Name == "it"), "the span in a project of its own");
            Assert.DoesNotContain("it", gateway.SpansOf("payroll"));
        }
    }

    public static TheoryData<string> Kinds => ["integer", "number", "bytes", "list", "map", "nothing"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Value_that_is_no_text_is_refused(string kind)
    {
        await using var gateway = await LiveGateway.StartAsync(string.Empty, projects: ["orders", "true"]);

        await AssertRefusedAsync(gateway, Request(Value(kind)), "unroutable_value", "missing_attribute");
    }

    [Fact]
    public async Task Boolean_counts_as_its_text()
    {
        await using var gateway = await LiveGateway.StartAsync(string.Empty, projects: ["true"]);

        await gateway.SendTracesAsync(Request(new AnyValue { BoolValue = true }));

        await gateway.UntilAsync(() => gateway.SpansOf("true").Contains("it"), "the span in true");
    }

    [Fact]
    public async Task Attribute_that_stands_twice_counts_by_its_first_value()
    {
        await using var gateway = await LiveGateway.StartAsync(string.Empty, projects: ["orders", "rest"]);

        await gateway.SendTracesAsync(Request(new AnyValue { StringValue = "orders" }, new AnyValue { StringValue = "rest" }));

        await gateway.UntilAsync(() => gateway.SpansOf("orders").Contains("it"), "the span in orders");
        Assert.Empty(gateway.SpansOf("rest"));
    }

    [Fact]
    public async Task Values_that_make_one_slug_get_projects_of_their_own()
    {
        await using var gateway = await LiveGateway.StartAsync(Normalize + "\n    auto_create_projects: true", projects: ["orders-service"]);

        await gateway.SendTracesAsync(Requests.Traces(("orders-service", ["plain"])));
        await gateway.UntilAsync(() => gateway.SpansOf("orders-service").Contains("plain"), "the plain one");
        await gateway.SendTracesAsync(Requests.Traces(("OrdersService", ["camel"]), ("orders.service", ["dotted"])));
        await gateway.UntilAsync(() => gateway.Sentry.State.Received.Spans().Length == 3, "all three");

        Assert.Equal(["plain"], gateway.SpansOf("orders-service"));
        var projects = gateway.Sentry.State.Received.Spans().Select(span => span.Arrival.ProjectSlug).Distinct().ToArray();
        Assert.Equal(3, projects.Length);
        Assert.All(projects, project => Assert.StartsWith("orders-service", project, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Value_that_is_a_slug_gets_its_project_from_one_that_was_rewritten_to_it()
    {
        await using var gateway = await LiveGateway.StartAsync(Normalize + "\n    auto_create_projects: true", projects: ["orders-service"]);
        await gateway.SendTracesAsync(Requests.Traces(("OrdersService", ["first"])));
        await gateway.UntilAsync(() => gateway.SpansOf("orders-service").Contains("first"), "the rewritten one");

        await gateway.SendTracesAsync(Requests.Traces(("orders-service", ["exact"])));
        await gateway.UntilAsync(() => gateway.SpansOf("orders-service").Contains("exact"), "the exact one");
        await gateway.SendTracesAsync(Requests.Traces(("OrdersService", ["second"])));

        await gateway.UntilAsync(() => gateway.Sentry.State.Received.Spans().Any(span => span.Name == "second"), "the rewritten one again");
        Assert.Equal(["exact", "first"], gateway.SpansOf("orders-service"));
    }

    [Fact]
    public async Task Collision_is_counted_once_and_shown()
    {
        await using var gateway = await LiveGateway.StartAsync(Normalize + "\n    auto_create_projects: true", projects: ["orders-service"]);
        await gateway.SendTracesAsync(Requests.Traces(("OrdersService", ["a"])));
        await gateway.UntilAsync(() => gateway.SpansOf("orders-service").Contains("a"), "the first");
        for (var i = 0; i < 3; i++)
        {
            await gateway.SendTracesAsync(Requests.Traces(("orders.service", ["b"])));
        }

        var metrics = await gateway.Client.GetStringAsync(new Uri(gateway.Host.MetricsAddress!, "/metrics"), TestContext.Current.CancellationToken);
        var routes = JsonNode.Parse(await gateway.Client.GetStringAsync(new Uri(gateway.Host.MetricsAddress!, "/routes"), TestContext.Current.CancellationToken))!;

        Assert.Contains("sentry_otel_gateway_slug_collisions_total{exporter=\"sentry\"} 1", metrics, StringComparison.Ordinal);
        var collision = Assert.Single(routes["exporters"]![0]!["collisions"]!.AsArray())!;
        Assert.Equal(("orders.service", "OrdersService"), ((string?)collision["service"], (string?)collision["other"]));
        Assert.Matches("^orders-service-[0-9a-f]{8}$", (string?)collision["project"]);
    }

    [Fact]
    public async Task Look_up_of_a_known_value_allocates_nothing()
    {
        await using var gateway = await LiveGateway.StartAsync("routing: {attribute_to_project_mapping: {mapped: orders} }", projects: ["orders"]);
        await gateway.SendTracesAsync(Requests.Traces(("orders", ["a"]), ("mapped", ["b"])));
        await gateway.UntilAsync(() => gateway.SpansOf("orders").Count == 2, "both spans");
        var routes = gateway.Host.Exporters[0].Routes;

        Assert.Equal(0, Allocations.Usual(10_000, LookUp));

        void LookUp()
        {
            routes.Find("orders");
            routes.Find("mapped");
        }
    }

    private static async Task AssertRefusedAsync(LiveGateway gateway, byte[] request, params string[] reasons)
    {
        using var response = await gateway.PostAsync("/v1/traces", request);
        var answer = ExportTraceServiceResponse.Parser.ParseFrom(await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        var metrics = await gateway.Client.GetStringAsync(new Uri(gateway.Host.MetricsAddress!, "/metrics"), TestContext.Current.CancellationToken);

        Assert.Equal(1, answer.PartialSuccess.RejectedSpans);
        Assert.NotEmpty(answer.PartialSuccess.ErrorMessage);
        Assert.Contains(
            metrics.Split('\n'),
            line => line.StartsWith("sentry_otel_gateway_items_rejected_total", StringComparison.Ordinal) && line.EndsWith(" 1", StringComparison.Ordinal)
                && reasons.Any(reason => line.Contains($"reason=\"{reason}\"", StringComparison.Ordinal)));
        Assert.Empty(gateway.Sentry.State.Received.Spans());
    }

    private static AnyValue Value(string kind) => kind switch
    {
        "integer" => new AnyValue { IntValue = 7 },
        "number" => new AnyValue { DoubleValue = 7 },
        "bytes" => new AnyValue { BytesValue = ByteString.CopyFromUtf8("orders") },
        "list" => new AnyValue { ArrayValue = new ArrayValue { Values = { new AnyValue { StringValue = "orders" } } } },
        "map" => new AnyValue { KvlistValue = new KeyValueList() },
        _ => new AnyValue(),
    };

    private static byte[] Request(params AnyValue[] values)
    {
        var request = ExportTraceServiceRequest.Parser.ParseFrom(Requests.Traces((null, ["it"])));
        request.ResourceSpans[0].Resource = new Resource();
        request.ResourceSpans[0].Resource.Attributes.AddRange(values.Select(value => new KeyValue { Key = "service.name", Value = value }));
        return request.ToByteArray();
    }
}
