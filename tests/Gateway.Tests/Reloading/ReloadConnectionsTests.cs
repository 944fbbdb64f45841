using System.Globalization;
using System.Net;
using System.Net.Sockets;
using SentryOtel.Cluster.Processes;
using SentryOtel.Gateway.Tests.Support;
using SentryOtel.SentryServer;
using SentryOtel.SentryServer.State;

namespace SentryOtel.Gateway.Tests.Reloading;

/// <summary>Changes of whom the gateway speaks to, and of what it is made of.</summary>
public sealed class ReloadConnectionsTests
{
    private const string Password = "open@sesame-4711";

    [Fact]
    public async Task Proxy_is_used_from_the_next_attempt_with_its_password_which_is_never_printed()
    {
        await using var proxy = await RecordingProxy.StartAsync("gateway", Password);
        await using var rig = await ReloadRig.StartAsync(null, "orders");
        await rig.SendAsync("orders", "direct");
        await rig.UntilReceivedAsync("orders", "direct");

        await rig.ReloadAsync(rig.Yaml($"http: {{proxy_url: 'http://gateway:{Uri.EscapeDataString(Password)}@{proxy.Authority}'}}"));
        await rig.SendAsync("orders", "by proxy");

        await rig.UntilReceivedAsync("orders", "by proxy");
        Assert.Contains(proxy.Passed, address => address.Authority == rig.Sentry.IngestUrl.Authority);
        await rig.UntilAsync(() => proxy.Passed.Any(address => address.Authority == rig.Sentry.ManagementUrl.Authority), "a call of the API through the proxy");
        AssertNoPassword(rig);
    }

    [Fact]
    public async Task Proxy_that_refuses_the_password_keeps_the_data_waiting_and_the_password_unprinted()
    {
        await using var proxy = await RecordingProxy.StartAsync("gateway", "another");
        await using var rig = await ReloadRig.StartAsync(
            rig => rig.Yaml($"http: {{proxy_url: 'http://gateway:{Uri.EscapeDataString(Password)}@{proxy.Authority}'}}\n    retry_on_failure: {{initial_interval: 50ms}}\n    dsn: {rig.DsnOf("orders")}"), "orders");

        await rig.SendAsync(null, "waits");
        await rig.UntilAsync(() => proxy.Refused.Any(address => address.Authority == rig.Sentry.IngestUrl.Authority), "the refusal");
        await rig.UntilAsync(() => rig.Host.Exporters[0].Routes.Problem is not null, "the problem of the API");
        AssertNoPassword(rig);
        await rig.ReloadAsync(rig.Yaml("retry_on_failure: {initial_interval: 50ms}\n    dsn: " + rig.DsnOf("orders")));

        // Nothing answered 407 is dropped for good before the configuration is right, or the span would not come.
        await rig.SendAsync(null, "after");
        await rig.UntilReceivedAsync("orders", "after");
    }

    [Fact]
    public async Task Another_organization_gets_what_comes_from_then_on()
    {
        await using var other = await SentryServerHost.StartAsync(
            new SentryServerOptions { Organization = "globex", Projects = ["orders"], Tokens = [new AccessToken(ReloadRig.Token)] }, TestContext.Current.CancellationToken);
        await using var rig = await ReloadRig.StartAsync(null, "orders");
        await rig.SendAsync("orders", "before");
        await rig.UntilReceivedAsync("orders", "before");

        await rig.ReloadAsync(rig.Yaml()
            .Replace(rig.Sentry.ManagementUrl.ToString(), other.ManagementUrl.ToString(), StringComparison.Ordinal)
            .Replace("org_slug: acme", "org_slug: globex", StringComparison.Ordinal));
        await rig.SendAsync("orders", "after");

        await rig.UntilAsync(() => other.State.Received.Spans("orders").Any(span => span.Name == "after"), "the span in the other organization");
        Assert.Equal(["before"], rig.Sentry.State.Received.Spans().Select(span => span.Name));
    }

    [Fact]
    public async Task Exporter_that_is_removed_sends_what_it_holds_and_the_other_goes_on()
    {
        await using var rig = await ReloadRig.StartAsync(
            rig => rig.Yaml(batch: "{timeout: 1h}", more: "  sentry/all:\n    dsn: " + rig.DsnOf("all"), exporters: "[sentry, sentry/all]"), "orders", "all");
        await rig.SendAsync("orders", "held by both");
        await rig.UntilAsync(() => rig.Host.Exporters.Count == 2 && rig.Host.Exporters.All(exporter => exporter.Queues.All.Any()), "both queues");

        await rig.ReloadAsync(rig.Yaml(batch: "{timeout: 10ms}"));
        await rig.SendAsync("orders", "for one");

        await rig.UntilReceivedAsync("all", "held by both");
        await rig.UntilReceivedAsync("orders", "held by both");
        await rig.UntilReceivedAsync("orders", "for one");
        await rig.UntilAsync(() => rig.Host.Exporters.Count == 1, "the removed one to leave");
        Assert.Equal("sentry", rig.Host.Exporters[0].Id);
        Assert.DoesNotContain(rig.Sentry.State.Received.Spans("all"), span => span.Name == "for one");
    }

    [Fact]
    public async Task Receiver_that_is_removed_closes_and_what_it_took_arrives()
    {
        var second = LoopbackPort.Free();
        await using var rig = await ReloadRig.StartAsync(rig => WithSecond(rig, second), "orders");
        await rig.SendAsync("orders", "by the second", second);

        await rig.ReloadAsync(rig.Yaml());
        await rig.SendAsync("orders", "by the first");

        await rig.UntilReceivedAsync("orders", "by the second");
        await rig.UntilReceivedAsync("orders", "by the first");
        Assert.Equal(["otlp"], rig.Host.Receivers.Keys);
        using var late = new TcpClient();
        await Assert.ThrowsAsync<SocketException>(() => late.ConnectAsync(IPAddress.Loopback, second, TestContext.Current.CancellationToken).AsTask());

        // And it may come back where it was
        await rig.ReloadAsync(WithSecond(rig, second));
        await rig.SendAsync("orders", "by the second again", second);
        await rig.UntilReceivedAsync("orders", "by the second again");
    }

    [Fact]
    public async Task Weights_of_projects_follow()
    {
        await using var rig = await ReloadRig.StartAsync(null, "orders", "shop");
        await rig.SendAsync("orders", "a");
        await rig.SendAsync("shop", "b");
        await rig.UntilReceivedAsync("shop", "b");

        await rig.ReloadAsync(rig.Yaml("routing: {project_weights: {orders: 5} }"));

        Assert.Equal([("orders", 5), ("shop", 1)], rig.Host.Exporters[0].Queues.All.Select(queue => (queue.Name, queue.Turns.Weight)).Order());
    }

    private static string WithSecond(ReloadRig rig, int port) => rig.Yaml()
        .Replace("receivers: {otlp: ", string.Create(CultureInfo.InvariantCulture, $"receivers: {{otlp/second: {{protocols: {{http: {{endpoint: '127.0.0.1:{port}'}} }} }}, otlp: "), StringComparison.Ordinal)
        .Replace("receivers: [otlp]", "receivers: [otlp, otlp/second]", StringComparison.Ordinal);

    private static void AssertNoPassword(ReloadRig rig) => Assert.DoesNotContain(
        rig.Log, line => line.Contains(Password, StringComparison.Ordinal) || line.Contains(Uri.EscapeDataString(Password), StringComparison.Ordinal));
}
