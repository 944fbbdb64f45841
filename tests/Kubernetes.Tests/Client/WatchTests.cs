using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using SentryOtel.Kubernetes.Client;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Testing;

namespace SentryOtel.Kubernetes.Tests.Client;

public sealed class WatchTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    private readonly FakeTimeProvider _time = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private KubernetesClient Client(LoopbackServer server) =>
        new(new() { Host = server.Address }, new() { TimeProvider = _time });

    private static string Event(string type, string name, string version, string data = "") =>
        $$$$"""{"type":"{{{{type}}}}","object":{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"{{{{name}}}}","resourceVersion":"{{{{version}}}}"},"data":{"k":"{{{{data}}}}"}}}""" + "\n";

    private async Task<List<WatchEvent<V1ConfigMap>>> WatchAsync(string body)
    {
        await using var server = await LoopbackServer.StartAsync(context => context.Response.WriteAsync(body));
        using var client = Client(server);
        return await client.WatchAsync<V1ConfigMap>("n", null, Stop).ToListAsync(Stop);
    }

    [Fact]
    public async Task Events_come_in_order_with_their_type()
    {
        var events = await WatchAsync(
            Event("ADDED", "a", "1") + Event("MODIFIED", "a", "2") + Event("BOOKMARK", "", "3") + Event("DELETED", "a", "4"));

        Assert.Equal(
            [(WatchEventType.Added, "1"), (WatchEventType.Modified, "2"), (WatchEventType.Bookmark, "3"), (WatchEventType.Deleted, "4")],
            events.Select(entry => (entry.Type, entry.ResourceVersion!)));
        Assert.Equal([true, true, false, true], events.Select(entry => entry.Entity is not null));
    }

    [Fact]
    public async Task A_line_that_the_end_cuts_off_is_ignored()
    {
        var cut = Event("MODIFIED", "a", "2");
        Assert.Equal("1", Assert.Single(await WatchAsync(Event("ADDED", "a", "1") + cut[..^5])).ResourceVersion);
        Assert.Equal("1", Assert.Single(await WatchAsync(Event("ADDED", "a", "1") + cut.TrimEnd('\n'))).ResourceVersion);
        Assert.Empty(await WatchAsync(""));
    }

    [Fact]
    public async Task A_line_of_many_megabytes_is_read()
    {
        var huge = new string('x', 5_000_000);
        var events = await WatchAsync(Event("ADDED", "a", "1", huge) + Event("ADDED", "b", "2"));
        Assert.Equal(huge.Length, events[0].Entity!.Data!["k"].Length);
        Assert.Equal("b", events[1].Entity!.Metadata.Name);
    }

    [Fact]
    public async Task An_object_that_can_not_be_read_moves_the_version_on()
    {
        var events = await WatchAsync(
            """{"type":"ADDED","object":{"metadata":{"name":"a","resourceVersion":"8"},"data":[1]}}""" + "\n" + Event("ADDED", "b", "9"));
        Assert.Equal((WatchEventType.Bookmark, "8"), (events[0].Type, events[0].ResourceVersion));
        Assert.Equal((WatchEventType.Added, "9"), (events[1].Type, events[1].ResourceVersion));
    }

    [Fact]
    public async Task An_error_event_is_thrown_as_what_it_is()
    {
        var error = await Assert.ThrowsAsync<KubernetesException>(() => WatchAsync(
            """{"type":"ERROR","object":{"kind":"Status","status":"Failure","message":"too old resource version","reason":"Expired","code":410}}""" + "\n"));
        Assert.True(error.IsGone);
        Assert.Equal(HttpStatusCode.Gone, error.StatusCode);
    }

    [Fact]
    public async Task The_request_asks_for_bookmarks_and_an_end()
    {
        string query = "";
        await using var server = await LoopbackServer.StartAsync(context =>
        {
            query = context.Request.QueryString.Value!;
            return Task.CompletedTask;
        });
        using var client = Client(server);

        await client.WatchAsync<V1ConfigMap>(
            null, new WatchOptions { ResourceVersion = "5", LabelSelector = "a=b,c!=d", TimeoutSeconds = 400 }, Stop).ToListAsync(Stop);

        Assert.Equal(
            new() { ["watch"] = "true", ["labelSelector"] = "a=b,c!=d", ["resourceVersion"] = "5", ["allowWatchBookmarks"] = "true", ["timeoutSeconds"] = "400" },
            QueryHelpers.ParseQuery(query));
    }

    [Fact]
    public async Task A_never_ending_watch_gives_each_event_at_once_and_is_ended_by_silence()
    {
        var more = new SemaphoreSlim(0);
        await using var server = await LoopbackServer.StartAsync(async context =>
        {
            await context.Response.Body.FlushAsync(context.RequestAborted);
            while (true)
            {
                await more.WaitAsync(context.RequestAborted);
                await context.Response.WriteAsync(Event("ADDED", "a", "1"), context.RequestAborted);
            }
        });
        using var client = Client(server);
        await using var events = client.WatchAsync<V1ConfigMap>("n", new WatchOptions { TimeoutSeconds = 300 }, Stop).GetAsyncEnumerator(Stop);

        more.Release();
        Assert.True(await events.MoveNextAsync());
        _time.Advance(TimeSpan.FromSeconds(300));
        more.Release();
        Assert.True(await events.MoveNextAsync());
        _time.Advance(TimeSpan.FromSeconds(300));
        var silent = events.MoveNextAsync().AsTask();
        Assert.False(silent.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(30));
        await Assert.ThrowsAsync<TimeoutException>(() => silent.WaitAsync(Deadline, Stop));
    }
}
