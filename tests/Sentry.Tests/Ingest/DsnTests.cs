using SentryOtel.Sentry.Api;
using SentryOtel.Sentry.Ingest;

namespace SentryOtel.Sentry.Tests.Ingest;

public sealed class DsnTests
{
    private const string Key = "0123456789abcdef0123456789abcdef";

    [Theory]
    [InlineData("https://KEY@o1.ingest.us.sentry.io/4500000000000101", "https://o1.ingest.us.sentry.io/api/4500000000000101/integration/otlp/v1/traces")]
    [InlineData("http://KEY@sentry.local:9000/2", "http://sentry.local:9000/api/2/integration/otlp/v1/traces")]
    [InlineData("https://KEY@host/a/b/2", "https://host/a/b/api/2/integration/otlp/v1/traces")]
    [InlineData("https://KEY:secret@host/2/", "https://host/api/2/integration/otlp/v1/traces")]
    [InlineData("https://KEY@[::1]:9000/5", "https://[::1]:9000/api/5/integration/otlp/v1/traces")]
    public void Port_and_path_prefix_survive(string text, string traces)
    {
        var dsn = Dsn.Parse(text.Replace("KEY", Key, StringComparison.Ordinal));

        Assert.Equal(Key, dsn.PublicKey);
        Assert.Equal(new Uri(traces), OtlpEndpoints.FromDsn(dsn).Traces);
    }

    [Theory]
    [InlineData("")]
    [InlineData("KEY@host/5")]
    [InlineData("ftp://KEY@host/5")]
    [InlineData("https://host/5")]
    [InlineData("https://short@host/5")]
    [InlineData("https://KEY@host/")]
    [InlineData("https://KEY@host/abc")]
    [InlineData("https://KEY@host/0")]
    [InlineData("https://KEY@host/99999999999999999999")]
    [InlineData("https://KEY@host/5?x=1")]
    public void What_is_no_DSN_is_refused_without_repeating_it(string text)
    {
        var ok = Dsn.TryParse(text.Replace("KEY", Key, StringComparison.Ordinal), out _, out var error);

        Assert.False(ok);
        Assert.DoesNotContain(Key, error, StringComparison.Ordinal);
        Assert.Throws<FormatException>(() => Dsn.Parse(text));
    }

    [Fact]
    public void Text_form_holds_neither_key_nor_secret()
    {
        var text = Dsn.Parse($"https://{Key}:{Key[..31]}f@host/p/5").ToString();

        Assert.Equal("https://host/p/5", text);
    }

    [Fact]
    public void The_addresses_that_the_key_names_win_over_derived_ones()
    {
        var key = new ProjectKey
        {
            Public = Key,
            Dsn = new ProjectKeyDsn { Public = $"https://{Key}@host/5", OtlpTraces = "https://host/api/5/otlp/v1/traces" },
        };

        Assert.True(OtlpEndpoints.TryFromKey(key, null, out var endpoints, out _));
        Assert.Equal("https://host/api/5/otlp/v1/traces", endpoints.Traces.AbsoluteUri);
        Assert.Equal("https://host/api/5/integration/otlp/v1/logs", endpoints.Logs.AbsoluteUri);
        Assert.DoesNotContain(Key, key.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(Key, key.Dsn.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void An_ingest_address_of_ones_own_replaces_host_port_and_path_prefix()
    {
        var endpoints = OtlpEndpoints.FromDsn(Dsn.Parse($"https://{Key}@sentry.example/pfx/5"));

        var moved = endpoints.WithIngestUrl(new Uri("http://relay.monitoring:3000/edge/"));

        Assert.Equal("http://relay.monitoring:3000/edge/api/5/integration/otlp/v1/logs", moved.Logs.AbsoluteUri);
        Assert.Same(endpoints, endpoints.WithIngestUrl(null));
    }

    [Fact]
    public void A_key_of_a_server_that_does_not_know_its_own_address_needs_an_ingest_address()
    {
        var key = new ProjectKey { Public = Key, ProjectId = "5", Dsn = new ProjectKeyDsn { Public = $"://{Key}@/5", OtlpTraces = "/api/5/integration/otlp/v1/traces" } };

        Assert.False(OtlpEndpoints.TryFromKey(key, null, out _, out var error));
        Assert.True(OtlpEndpoints.TryFromKey(key, new Uri("http://relay.monitoring:3000/edge/"), out var endpoints, out _));

        Assert.DoesNotContain(Key, error, StringComparison.Ordinal);
        Assert.Equal("http://relay.monitoring:3000/edge/api/5/integration/otlp/v1/traces", endpoints.Traces.AbsoluteUri);
        Assert.Equal("http://relay.monitoring:3000/edge/api/5/integration/otlp/v1/logs", endpoints.Logs.AbsoluteUri);
    }
}
