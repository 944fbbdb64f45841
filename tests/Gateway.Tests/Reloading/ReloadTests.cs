using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using SentryOtel.Cluster.Processes;
using SentryOtel.SentryServer.State;

namespace SentryOtel.Gateway.Tests.Reloading;

/// <summary>Each kind of change, put in force in a gateway that runs.</summary>
public sealed class ReloadTests
{
    [Fact]
    public async Task Another_mapping_routes_from_then_on()
    {
        await using var rig = await ReloadRig.StartAsync(null, "orders", "shop");
        await rig.SendAsync("orders", "before");
        await rig.UntilReceivedAsync("orders", "before");

        await rig.ReloadAsync(rig.Yaml("routing: {attribute_to_project_mapping: {orders: shop} }"));
        await rig.SendAsync("orders", "after");

        await rig.UntilReceivedAsync("shop", "after");
        Assert.Contains(rig.Log, line => line.Contains("Configuration reloaded: exporters.sentry.routing", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Another_slug_policy_and_fallback_take_what_was_refused_before()
    {
        await using var rig = await ReloadRig.StartAsync(null, "orders-service", "rest");

        await rig.ReloadAsync(rig.Yaml("routing: {slug_policy: normalize, on_missing_attribute: fallback, fallback_project: rest}"));
        await rig.SendAsync("OrdersService", "normalized");
        await rig.SendAsync(null, "fallen back");

        await rig.UntilReceivedAsync("orders-service", "normalized");
        await rig.UntilReceivedAsync("rest", "fallen back");
    }

    [Fact]
    public async Task Another_routing_attribute_is_read_from_the_next_request()
    {
        await using var rig = await ReloadRig.StartAsync(rig => rig.Yaml("routing: {project_from_attribute: team}\n    dsn: " + rig.DsnOf("rest")), "orders", "rest");
        await rig.SendAsync("orders", "no team");
        await rig.UntilReceivedAsync("rest", "no team");

        await rig.ReloadAsync(rig.Yaml("dsn: " + rig.DsnOf("rest")));
        await rig.SendAsync("orders", "by service");

        await rig.UntilReceivedAsync("orders", "by service");
    }

    [Fact]
    public async Task What_waits_is_sent_under_the_new_rules()
    {
        // Given data that wait an hour for company
        await using var rig = await ReloadRig.StartAsync(rig => rig.Yaml(batch: "{timeout: 1h}"), "orders");
        await rig.SendAsync("orders", "waits");
        await rig.UntilAsync(() => rig.Host.Exporters[0].Queues.All.Any(), "a queue");

        await rig.ReloadAsync(rig.Yaml(batch: "{timeout: 10ms}"));

        await rig.UntilReceivedAsync("orders", "waits");
    }

    [Fact]
    public async Task Bounds_of_queues_parking_and_memory_follow()
    {
        await using var rig = await ReloadRig.StartAsync(null, "orders");
        var memory = rig.Host.Admission.Limit;

        await rig.ReloadAsync(rig.Yaml("queue: {max_bytes_per_project: 1KiB, max_age: 30s}").Replace("limit_mib: 400", "limit_mib: 200", StringComparison.Ordinal));
        await rig.SendAsync("orders", "one");

        await rig.UntilReceivedAsync("orders", "one");
        Assert.Equal(1024, Assert.Single(rig.Host.Exporters[0].Queues.All).Limits.MaxBytes);
        Assert.Equal(TimeSpan.FromSeconds(30), Assert.Single(rig.Host.Exporters[0].Queues.All).Limits.MaxAge);
        Assert.Equal(memory / 2, rig.Host.Admission.Limit);
    }

    [Fact]
    public async Task Another_token_of_an_authenticator_is_asked_of_new_connections()
    {
        await using var rig = await ReloadRig.StartAsync(rig => Asking(rig, "one"), "orders");
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Unauthorized), (await SendAsync("one"), await SendAsync("two")));

        await rig.ReloadAsync(Asking(rig, "two"));

        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.OK), (await SendAsync("one"), await SendAsync("two")));

        static string Asking(ReloadRig rig, string token) => rig.Yaml(receiver: ", auth: {authenticator: bearertokenauth}")
            .Replace("extensions: {health_check", $"extensions: {{bearertokenauth: {{token: {token}}}, health_check", StringComparison.Ordinal)
            .Replace("extensions: [health_check]", "extensions: [health_check, bearertokenauth]", StringComparison.Ordinal);

        async Task<HttpStatusCode> SendAsync(string token)
        {
            using var client = new HttpClient();
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
            using var content = new ByteArrayContent([]);
            content.Headers.ContentType = new MediaTypeHeaderValue("application/x-protobuf");
            using var response = await client.PostAsync(new Uri($"http://127.0.0.1:{rig.Port}/v1/traces"), content, TestContext.Current.CancellationToken);
            return response.StatusCode;
        }
    }

    [Fact]
    public async Task Another_token_is_used_for_new_calls_and_known_projects_stay_known()
    {
        const string Next = "sntryi_fedcba9876543210";
        await using var rig = await ReloadRig.StartAsync(null, "orders", "shop");
        await rig.SendAsync("orders", "before");
        await rig.UntilReceivedAsync("orders", "before");

        // When a wrong token comes with the same file
        File.WriteAllText(rig.TokenFile, Next);
        await rig.Reloader.ReloadAsync(TestContext.Current.CancellationToken);

        // Then it shows, and what is known flows all the same
        await rig.UntilAsync(() => rig.Host.Exporters[0].Routes.Problem is not null, "the problem of the token");
        await rig.SendAsync("orders", "with a wrong token");
        await rig.UntilReceivedAsync("orders", "with a wrong token");

        // And it is tried again until it is right
        rig.Sentry.State.Tokens.Grant(new AccessToken(Next));
        await rig.UntilAsync(() => rig.Host.Exporters[0].Routes.Problem is null, "the token to be right");
        Assert.DoesNotContain(rig.Log, line => line.Contains(Next, StringComparison.Ordinal));
    }

    [Fact]
    public async Task New_exporter_gets_its_part_and_a_removed_one_sends_what_it_holds()
    {
        // Given an exporter whose data wait for company
        await using var rig = await ReloadRig.StartAsync(rig => rig.Yaml(batch: "{timeout: 1h}"), "orders", "all");
        await rig.SendAsync("orders", "held");
        await rig.UntilAsync(() => rig.Host.Exporters[0].Queues.All.Any(), "a queue");

        // When another takes its place
        await rig.ReloadAsync(rig.Yaml(more: "  sentry/one:\n    dsn: " + rig.DsnOf("all"), exporters: "[sentry/one]"));
        await rig.SendAsync("orders", "to the new one");

        await rig.UntilReceivedAsync("orders", "held");
        await rig.UntilReceivedAsync("all", "to the new one");
        await rig.UntilAsync(() => rig.Host.Exporters.Count == 1, "the old one to leave");
        Assert.Equal("sentry/one", rig.Host.Exporters[0].Id);
    }

    [Fact]
    public async Task Receiver_that_moves_listens_at_the_new_address_and_no_more_at_the_old()
    {
        await using var rig = await ReloadRig.StartAsync(null, "orders");
        var moved = LoopbackPort.Free();
        await rig.SendAsync("orders", "here");

        await rig.ReloadAsync(rig.Yaml(port: moved));
        await rig.SendAsync("orders", "there", moved);

        await rig.UntilReceivedAsync("orders", "there");
        using var late = new TcpClient();
        await Assert.ThrowsAsync<SocketException>(() => late.ConnectAsync(IPAddress.Loopback, rig.Port, TestContext.Current.CancellationToken).AsTask());
    }

    [Fact]
    public async Task Receiver_that_changes_where_it_is_keeps_its_socket()
    {
        await using var rig = await ReloadRig.StartAsync(null, "orders");
        await rig.SendAsync("orders", "kept alive");

        await rig.ReloadAsync(rig.Yaml(receiver: ", max_request_body_size: 100"));
        await rig.SendAsync("orders", "the old connection takes it, and closes");
        using var refused = await rig.PostAsync(new byte[200]);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, refused.StatusCode);
        await rig.UntilReceivedAsync("orders", "the old connection takes it, and closes");
    }

    [Fact]
    public async Task Health_and_metrics_move_and_say_how_the_configuration_was_taken()
    {
        await using var rig = await ReloadRig.StartAsync(null, "orders");
        var health = LoopbackPort.Free();

        await rig.ReloadAsync(rig.Yaml().Replace("health_check: {endpoint: \"127.0.0.1:0\" }", $"health_check: {{endpoint: \"127.0.0.1:{health}\", path: /up}}", StringComparison.Ordinal));

        Assert.Equal(health, rig.Host.HealthAddress!.Port);
        Assert.Contains("Server", await rig.GetAsync(new Uri(rig.Host.HealthAddress, "/up")), StringComparison.Ordinal);
        Assert.Contains("[+]configuration ok: read at", await rig.GetAsync(new Uri(rig.Host.HealthAddress, "/readyz?verbose")), StringComparison.Ordinal);
        Assert.Contains("sentry_otel_gateway_config_last_reload_successful 1", await rig.GetAsync(new Uri(rig.Host.MetricsAddress!, "/metrics")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wrong_file_changes_nothing_and_says_where_it_is_wrong()
    {
        await using var rig = await ReloadRig.StartAsync(null, "orders");

        rig.Write(rig.Yaml("routing: {slug_polcy: normalize}"));
        await rig.Reloader.ReloadAsync(TestContext.Current.CancellationToken);
        await rig.SendAsync("orders", "goes on");

        await rig.UntilReceivedAsync("orders", "goes on");
        Assert.Contains(rig.Log, line => line.Contains("gateway.yaml:9:15: error: exporters.sentry.routing.slug_polcy: unknown key. Did you mean \"slug_policy\"?", StringComparison.Ordinal));
        var metrics = await rig.GetAsync(new Uri(rig.Host.MetricsAddress!, "/metrics"));
        Assert.Contains("sentry_otel_gateway_config_last_reload_successful 0", metrics, StringComparison.Ordinal);
        Assert.Contains("sentry_otel_gateway_config_reloads_total{outcome=\"failure\"} 1", metrics, StringComparison.Ordinal);
        Assert.Contains("sentry_otel_gateway_config_last_reload_success_timestamp_seconds", metrics, StringComparison.Ordinal);
        Assert.Contains("[+]configuration ok: the file was changed and is wrong", await rig.GetAsync(new Uri(rig.Host.HealthAddress!, "/readyz?verbose")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Address_in_use_leaves_everything_as_it_was()
    {
        await using var rig = await ReloadRig.StartAsync(null, "orders", "shop");
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;

        rig.Write(rig.Yaml("routing: {attribute_to_project_mapping: {orders: shop} }", port: port));
        await rig.Reloader.ReloadAsync(TestContext.Current.CancellationToken);
        await rig.SendAsync("orders", "goes on");

        await rig.UntilReceivedAsync("orders", "goes on");
        Assert.NotNull(rig.Host.Reloads.Problem);
        Assert.Contains(rig.Log, line => line.Contains("address already in use", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task What_needs_a_restart_is_named()
    {
        await using var rig = await ReloadRig.StartAsync(null, "orders");

        await rig.ReloadAsync(rig.Yaml(service: ", logs: {encoding: json}"));

        Assert.Contains(rig.Log, line => line.Contains("service.telemetry.logs.encoding keeps its value until the gateway is restarted", StringComparison.Ordinal));
    }
}
