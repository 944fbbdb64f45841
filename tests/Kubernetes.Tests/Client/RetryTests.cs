using System.Net;
using Microsoft.AspNetCore.Http;
using SentryOtel.Kubernetes.Client;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Testing;

namespace SentryOtel.Kubernetes.Tests.Client;

public sealed class RetryTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    private readonly FakeTimeProvider _time = new();
    private int _requests;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private KubernetesClient Client(LoopbackServer server, int timeoutSeconds = 3600) => new(
        new() { Host = server.Address },
        new() { TimeProvider = _time, RequestTimeout = TimeSpan.FromSeconds(timeoutSeconds), UserAgent = "program/1.2" });

    private Task<LoopbackServer> StartAsync(int failures, int status, string? retryAfter) => LoopbackServer.StartAsync(context =>
    {
        Assert.Equal("program/1.2", context.Request.Headers.UserAgent.ToString());
        if (Interlocked.Increment(ref _requests) > failures)
        {
            return context.Response.WriteAsync("""{"metadata":{"name":"c","namespace":"n"}}""");
        }

        context.Response.StatusCode = status;
        if (retryAfter is not null)
        {
            context.Response.Headers.RetryAfter = retryAfter;
        }

        return context.Response.WriteAsync("""{"kind":"Status","status":"Failure","message":"slow down","reason":"TooManyRequests","details":{"retryAfterSeconds":3}}""");
    });

    private async Task<T> RunAsync<T>(Task<T> request)
    {
        await Eventually.HoldsAsync(
            () =>
            {
                // Deadlines of single attempts are an hour away; what falls due sooner is a wait between attempts.
                if (_time.NextDue is { } due && due - _time.GetUtcNow() < TimeSpan.FromMinutes(10))
                {
                    _time.Advance(due - _time.GetUtcNow());
                }

                return request.IsCompleted;
            },
            Deadline,
            "the request to end",
            Stop);
        return await request;
    }

    [Theory]
    [InlineData(429)]
    [InlineData(503)]
    public async Task A_request_is_sent_again_when_the_server_names_a_time(int status)
    {
        await using var server = await StartAsync(failures: 2, status, "7");
        using var client = Client(server);
        var start = _time.GetUtcNow();

        var map = await RunAsync(client.PatchAsync<V1ConfigMap>("c", "n", [], null, Stop));

        Assert.Equal("c", map.Metadata.Name);
        Assert.Equal(3, _requests);
        Assert.Equal(TimeSpan.FromSeconds(14), _time.GetUtcNow() - start);
    }

    [Fact]
    public async Task After_ten_retries_the_answer_is_given_to_the_caller()
    {
        await using var server = await StartAsync(failures: int.MaxValue, 429, "1");
        using var client = Client(server);

        var error = await Assert.ThrowsAsync<KubernetesException>(() => RunAsync(client.GetAsync<V1ConfigMap>("c", "n", Stop)));

        Assert.True(error.IsTooManyRequests);
        Assert.Equal(TimeSpan.FromSeconds(1), error.RetryAfter);
        Assert.Equal(11, _requests);
    }

    [Theory]
    [InlineData(500, null)]
    [InlineData(429, null)]
    [InlineData(409, "1")]
    public async Task Without_such_a_time_or_for_our_own_faults_nothing_is_sent_again(int status, string? retryAfter)
    {
        await using var server = await StartAsync(failures: 1, status, retryAfter);
        using var client = Client(server);

        var error = await Assert.ThrowsAsync<KubernetesException>(() => client.GetAsync<V1ConfigMap>("c", "n", Stop));

        Assert.Equal((HttpStatusCode)status, error.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(retryAfter is null ? 3 : 1), error.RetryAfter);
        Assert.Equal("GET /api/v1/namespaces/n/configmaps/c: " + status + " TooManyRequests: slow down", error.Message);
        Assert.Equal(1, _requests);
    }

    [Fact]
    public async Task A_silent_server_ends_in_a_timeout_and_a_cancelled_caller_in_a_cancellation()
    {
        await using var server = await LoopbackServer.StartAsync(context =>
        {
            Interlocked.Increment(ref _requests);
            return Task.Delay(Timeout.Infinite, context.RequestAborted);
        });
        using var client = Client(server, timeoutSeconds: 60);

        var request = client.GetAsync<V1ConfigMap>("c", "n", Stop);
        await Eventually.HoldsAsync(() => _requests == 1, Deadline, "the request to arrive", Stop);
        _time.Advance(TimeSpan.FromSeconds(61));
        await Assert.ThrowsAsync<TimeoutException>(() => request);

        using var cancel = new CancellationTokenSource();
        request = client.GetAsync<V1ConfigMap>("c", "n", cancel.Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => request);
    }

    [Fact]
    public async Task An_answer_that_is_no_Status_is_still_an_error_with_its_text()
    {
        await using var server = await LoopbackServer.StartAsync(context =>
        {
            context.Response.StatusCode = 502;
            return context.Response.WriteAsync("<html>bad gateway</html>");
        });
        using var client = Client(server);

        var error = await Assert.ThrowsAsync<KubernetesException>(() => client.GetAsync<V1ConfigMap>("c", "n", Stop));

        Assert.True(error.IsTransient);
        Assert.Contains("bad gateway", error.Message, StringComparison.Ordinal);
    }
}
