using System.Net;
using System.Net.Sockets;
using SentryOtel.Gateway.Hosting.Reloading;
using SentryOtel.Kubernetes.Configuration;
using SentryOtel.Testing;

namespace SentryOtel.Gateway.Tests.Reloading;

/// <summary>A configuration that is right and can not be put in force yet.</summary>
public sealed class ReloadRetryTests
{
    [Fact]
    public void Pauses_grow_to_a_minute_and_begin_anew_for_another_file()
    {
        var time = new FakeTimeProvider();
        var retry = new ReloadRetry(time);
        Assert.False(retry.IsPending);

        Assert.Equal([1, 2, 4, 8, 16, 32, 60, 60], Enumerable.Range(0, 8).Select(_ => retry.Fail().TotalSeconds));
        time.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal(TimeSpan.FromSeconds(1), retry.Left);
        time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(TimeSpan.Zero, retry.Left);

        retry.Clear();
        Assert.False(retry.IsPending);
        Assert.Equal(ReloadRetry.First, retry.Fail());
    }

    [Fact]
    public async Task Address_in_use_is_tried_again_until_it_is_free()
    {
        // Given a new address that somebody else has
        var time = new FakeTimeProvider();
        await using var rig = await ReloadRig.StartAsync(null, static services => services, time, "orders");
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        using var stop = new CancellationTokenSource();
        var running = rig.Reloader.RunAsync(stop.Token);

        // When it is asked for, it is tried again and again, and everything goes on as it was
        rig.Write(rig.Yaml(port: port));
        rig.Reloader.Ask();
        await rig.UntilAsync(() => Says(rig, "tries again in 1 s"), "the first failure");
        await rig.SendAsync("orders", "goes on");
        await AdvanceAsync(TimeSpan.FromSeconds(1));
        await rig.UntilAsync(() => Says(rig, "tries again in 2 s"), "the second failure");
        Assert.Contains("can not be put in force yet, it is tried again", await rig.GetAsync(new Uri(rig.Host.HealthAddress!, "/readyz?verbose")), StringComparison.Ordinal);
        Assert.Contains("config_last_reload_successful 0", await rig.GetAsync(new Uri(rig.Host.MetricsAddress!, "/metrics")), StringComparison.Ordinal);

        // Then it is in force once the address is free, though nobody touched the file
        taken.Stop();
        await AdvanceAsync(TimeSpan.FromSeconds(2));
        await rig.UntilAsync(() => rig.Host.Reloads.Problem is null, "the reload");
        await rig.SendAsync("orders", "there", port);
        await rig.UntilReceivedAsync("orders", "there");
        await rig.UntilReceivedAsync("orders", "goes on");
        Assert.Equal((1, 2), (rig.Host.Reloads.Succeeded, rig.Host.Reloads.Failed));
        await stop.CancelAsync();
        await running;

        async Task AdvanceAsync(TimeSpan by)
        {
            await time.WaitForTimersAsync(1, TestContext.Current.CancellationToken);
            time.Advance(by);
        }
    }

    [Fact]
    public async Task Folder_of_a_new_queue_that_is_not_there_yet_is_tried_again_and_leaves_nothing_behind()
    {
        var time = new FakeTimeProvider();
        await using var rig = await ReloadRig.StartAsync(null, static services => services, time, "orders", "all");
        using var stop = new CancellationTokenSource();
        var running = rig.Reloader.RunAsync(stop.Token);
        var folder = rig.PathOf("queue");

        // Given a second exporter that is right, and a third whose folder is not there
        rig.Write(rig.Yaml(
            more: $$"""
                  sentry/all: {dsn: {{rig.DsnOf("all")}}}
                  sentry/disk: {dsn: {{rig.DsnOf("all")}}, sending_queue: {storage: file_storage} }
                """,
            exporters: "[sentry, sentry/all, sentry/disk]")
            .Replace("extensions: {health_check", $"extensions: {{file_storage: {{directory: {folder}, create_directory: false}}, health_check", StringComparison.Ordinal)
            .Replace("extensions: [health_check]", "extensions: [health_check, file_storage]", StringComparison.Ordinal));
        rig.Reloader.Ask();
        await rig.UntilAsync(() => Says(rig, "is not there") && Says(rig, "tries again in 1 s"), "the failure");
        await rig.UntilAsync(() => rig.Host.Exporters.Count == 1, "nothing but the first exporter");

        Directory.CreateDirectory(folder);
        await time.WaitForTimersAsync(1, TestContext.Current.CancellationToken);
        time.Advance(TimeSpan.FromSeconds(1));

        await rig.UntilAsync(() => rig.Host.Reloads.Succeeded == 1, "the reload");
        await rig.SendAsync("orders", "to all three");
        await rig.UntilAsync(() => rig.Sentry.State.Received.Spans("all").Count(span => span.Name == "to all three") == 2, "both others");
        await rig.UntilReceivedAsync("orders", "to all three");
        await stop.CancelAsync();
        await running;
    }

    [Fact]
    public async Task Cluster_that_is_not_there_changes_nothing_and_is_asked_for_again()
    {
        var time = new FakeTimeProvider();
        await using var rig = await ReloadRig.StartAsync(
            null, static services => services with { Kubernetes = static _ => throw new KubernetesConfigurationException("no cluster here") }, time, "orders", "shop");
        using var stop = new CancellationTokenSource();
        var running = rig.Reloader.RunAsync(stop.Token);

        rig.Write(rig.Yaml("projects: {source: kubernetes, exporter: main}\n    timeout: 7s"));
        rig.Reloader.Ask();
        await rig.UntilAsync(() => Says(rig, "no cluster here") && Says(rig, "tries again in 1 s"), "the failure");
        await rig.SendAsync("orders", "goes on");
        await rig.UntilReceivedAsync("orders", "goes on");

        // A file that is right is not held up by the one before it.
        rig.Write(rig.Yaml("routing: {attribute_to_project_mapping: {orders: shop} }"));
        rig.Reloader.Ask();
        await rig.UntilAsync(() => rig.Host.Reloads.Succeeded == 1, "the reload");
        await rig.SendAsync("orders", "to the shop");
        await rig.UntilReceivedAsync("shop", "to the shop");
        await stop.CancelAsync();
        await running;
    }

    private static bool Says(ReloadRig rig, string text) => rig.Log.Any(line => line.Contains(text, StringComparison.Ordinal));
}
