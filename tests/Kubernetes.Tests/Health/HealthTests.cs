using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using SentryOtel.Kubernetes.Health;

namespace SentryOtel.Kubernetes.Tests.Health;

/// <summary>The answers over HTTP, in controller-runtime's text.</summary>
public sealed class HealthTests : IAsyncLifetime
{
    private readonly HealthChecks _checks = new(NullLoggerFactory.Instance);
    private readonly HttpClient _http = new();
    private readonly HealthServer _server;

    public HealthTests() => _server = new HealthServer(
        "probes", BindAddress.Parse("127.0.0.1:0")!, endpoints => endpoints.MapHealth(_checks), NullLoggerFactory.Instance);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await _server.StartAsync(Token);
        _http.BaseAddress = _server.Address;
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _server.StopAsync(CancellationToken.None);
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Without_checks_every_path_answers_for_a_ping()
    {
        foreach (var path in new[] { "/healthz", "/livez", "/readyz" })
        {
            Assert.Equal((HttpStatusCode.OK, "ok"), await GetAsync(path));
        }

        Assert.Equal((HttpStatusCode.OK, "[+]ping ok\nhealthz check passed\n"), await GetAsync("/healthz?verbose"));
        Assert.Equal((HttpStatusCode.OK, "ok"), await GetAsync("/healthz/ping"));
    }

    [Fact]
    public async Task Verbose_lists_the_checks_in_order()
    {
        _checks.AddLiveness("b", () => HealthCheckResult.Healthy);
        _checks.AddLiveness("a", () => HealthCheckResult.Healthy);

        Assert.Equal((HttpStatusCode.OK, "[+]a ok\n[+]b ok\nhealthz check passed\n"), await GetAsync("/healthz?verbose=1"));
        Assert.Equal((HttpStatusCode.OK, "ok"), await GetAsync("/livez"));
    }

    [Fact]
    public async Task A_failure_is_told_without_its_reason_and_the_reason_at_its_own_path()
    {
        _checks.AddReadiness("informer-sync", () => HealthCheckResult.Unhealthy("pods have not been listed yet"));
        _checks.AddReadiness("other", () => HealthCheckResult.Healthy);

        Assert.Equal(
            (HttpStatusCode.InternalServerError, "[-]informer-sync failed: reason withheld\n[+]other ok\nhealthz check failed\n"),
            await GetAsync("/readyz"));
        Assert.Equal(
            (HttpStatusCode.InternalServerError, "internal server error: pods have not been listed yet\n"), await GetAsync("/readyz/informer-sync"));
        Assert.Equal((HttpStatusCode.OK, "ok"), await GetAsync("/readyz/other"));
        Assert.Equal((HttpStatusCode.OK, "ok"), await GetAsync("/healthz"));
    }

    [Fact]
    public async Task Excluded_checks_do_not_count_and_unknown_ones_are_named()
    {
        _checks.AddReadiness("broken", () => HealthCheckResult.Unhealthy("no"));

        Assert.Equal((HttpStatusCode.OK, "ok"), await GetAsync("/readyz?exclude=broken"));
        Assert.Equal(
            (HttpStatusCode.OK,
            "[+]broken excluded: ok\nwarn: some health checks cannot be excluded: no matches for \"x\",\"y\"\nhealthz check passed\n"),
            await GetAsync("/readyz?exclude=broken&exclude=y&exclude=x&verbose"));
    }

    [Fact]
    public async Task A_check_that_throws_fails()
    {
        _checks.AddLiveness("broken", () => throw new InvalidOperationException("secret detail"));

        var (code, text) = await GetAsync("/healthz/broken");

        Assert.Equal(HttpStatusCode.InternalServerError, code);
        Assert.DoesNotContain("secret detail", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_does_not_exist_is_not_found()
    {
        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync("/healthz/nothing")).Code);
        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync("/other")).Code);
    }

    [Fact]
    public async Task The_answer_is_plain_text_that_no_browser_guesses_about()
    {
        using var response = await _http.GetAsync(new Uri("/healthz", UriKind.Relative), Token);

        Assert.Equal("text/plain; charset=utf-8", response.Content.Headers.ContentType!.ToString());
        Assert.Equal("nosniff", Assert.Single(response.Headers.GetValues("X-Content-Type-Options")));
    }

    [Theory]
    [InlineData(":8081", "[::]:8081")]
    [InlineData("127.0.0.1:0", "127.0.0.1:0")]
    [InlineData("[::1]:99", "[::1]:99")]
    public void A_bind_address_is_written_as_in_go(string text, string endpoint) =>
        Assert.Equal(endpoint, BindAddress.Parse(text)!.ToString().Replace("0.0.0.0:8081", "[::]:8081", StringComparison.Ordinal));

    [Theory]
    [InlineData("0")]
    [InlineData("")]
    public void Nothing_listens_when_told_so(string text) => Assert.Null(BindAddress.Parse(text));

    [Theory]
    [InlineData("8081")]
    [InlineData("localhost:http")]
    [InlineData("localhost:80")]
    [InlineData("1.2.3.4:70000")]
    public void A_malformed_address_is_named_in_the_error(string text) =>
        Assert.Contains($"'{text}'", Assert.Throws<FormatException>(() => BindAddress.Parse(text)).Message, StringComparison.Ordinal);

    private async Task<(HttpStatusCode Code, string Text)> GetAsync(string path)
    {
        using var response = await _http.GetAsync(new Uri(path, UriKind.Relative), Token);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(Token));
    }
}
