using System.Globalization;

namespace SentryOtel.Gateway.Tests.Reloading;

public sealed class ReloadUnderLoadTests
{
    private const int Reloads = 30;
    private const int Senders = 4;

    [Fact]
    public async Task Reloads_under_constant_load_fail_no_request_and_lose_no_item()
    {
        // Given senders that go on and on, with the data's project changed by nothing that is reloaded
        await using var rig = await ReloadRig.StartAsync(null, "orders", "shop", "other");
        using var enough = new CancellationTokenSource();
        var senders = Enumerable.Range(0, Senders).Select(sender => SendAsync(rig, sender, enough.Token)).ToArray();

        // When the configuration changes again and again, in all that can change
        var shapes = Shapes(rig);
        for (var i = 0; i < Reloads; i++)
        {
            await rig.ReloadAsync(shapes[i % shapes.Length]);
            rig.AssertBalanced();
        }

        await enough.CancelAsync();
        var sent = await Task.WhenAll(senders);

        // Then every request was taken, and every span is in one of the projects, once
        var expected = sent.SelectMany(names => names).Order(StringComparer.Ordinal).ToArray();
        Assert.NotEmpty(expected);
        await rig.UntilAsync(() => rig.Sentry.State.Received.Spans().Length >= expected.Length, "all spans");
        Assert.Equal(expected, rig.Sentry.State.Received.Spans().Select(span => span.Name).Order(StringComparer.Ordinal));
        Assert.Equal(Reloads, rig.Host.Reloads.Succeeded);
        Assert.Equal(0, rig.Host.Accounts.All.Sum(account => account.Read().TotalDropped));
    }

    private static string[] Shapes(ReloadRig rig) =>
    [
        rig.Yaml("routing: {attribute_to_project_mapping: {orders: shop} }"),
        rig.Yaml(batch: "{timeout: 5ms, send_batch_size: 3}"),
        rig.Yaml(receiver: ", max_request_body_size: 1MiB"),
        rig.Yaml("timeout: 7s\n    http: {headers: {X-Team: a} }"),
        rig.Yaml("sending_queue: {num_consumers: 3}\n    queue: {max_bytes_per_project: 8MiB}"),
        rig.Yaml(more: "  sentry/one:\n    dsn: " + rig.DsnOf("other"), exporters: "[sentry/one]"),
        rig.Yaml("routing: {slug_policy: normalize}", receiver: ", max_request_body_size: 2MiB"),
    ];

    private static async Task<List<string>> SendAsync(ReloadRig rig, int sender, CancellationToken enough)
    {
        var names = new List<string>();
        while (!enough.IsCancellationRequested)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"{sender}-{names.Count}");
            await rig.SendAsync("orders", name);
            names.Add(name);
        }

        return names;
    }
}
