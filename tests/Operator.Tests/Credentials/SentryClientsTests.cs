using Microsoft.Extensions.Logging.Abstractions;
using SentryOtel.Crds;
using SentryOtel.Operator.Credentials;
using SentryOtel.Sentry.Api;
using SentryOtel.Testing;

namespace SentryOtel.Operator.Tests.Credentials;

/// <summary>What is held for clients of Sentry's API, and for how long.</summary>
public sealed class SentryClientsTests : IDisposable
{
    private static readonly SentryExporterSpec Spec = new() { Url = "https://sentry.example.com", Timeout = "5s" };

    private readonly FakeTimeProvider _time = new();
    private readonly SentryClients _clients;

    public SentryClientsTests() => _clients = new SentryClients(_time, new Random(1), NullLoggerFactory.Instance);

    public void Dispose()
    {
        _clients.Dispose();
        Assert.Equal((0, 0), _clients.Count);
    }

    [Fact]
    public void Clients_that_were_replaced_go_after_a_while_with_their_budgets()
    {
        var client = Create("sntryi_0");
        for (var rotation = 1; rotation <= 100; rotation++)
        {
            _clients.Retire(client);
            client = Create($"sntryi_{rotation}");
            _time.Advance(TimeSpan.FromMinutes(1));
            Assert.InRange(_clients.Count.Clients, 1, 1 + (int)(SentryClients.Grace / TimeSpan.FromMinutes(1)));
        }

        _time.Advance(SentryClients.Grace);

        Assert.Equal((1, 1), _clients.Count);
    }

    [Fact]
    public void A_client_that_was_replaced_may_still_be_used_for_a_while()
    {
        var client = Create("sntryi_0");
        _clients.Retire(client);

        _time.Advance(SentryClients.Grace - TimeSpan.FromMilliseconds(1));
        Assert.Equal((1, 1), _clients.Count);

        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal((0, 0), _clients.Count);
    }

    [Fact]
    public void Clients_of_one_token_share_a_budget_that_lives_as_long_as_one_of_them()
    {
        var one = Create("sntryi_0");
        var two = Create("sntryi_0");
        Assert.Equal((2, 1), _clients.Count);

        _clients.Retire(one);
        _time.Advance(SentryClients.Grace);
        Assert.Equal((1, 1), _clients.Count);

        _clients.Retire(two);
        _time.Advance(SentryClients.Grace);
        Assert.Equal((0, 0), _clients.Count);
    }

    private ISentryApiClient Create(string token) => _clients.Create(Spec, "acme", new SentryToken(token), authorities: null);
}
