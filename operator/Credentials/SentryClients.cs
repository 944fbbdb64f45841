using Microsoft.Extensions.Logging;
using SentryOtel.Crds;
using SentryOtel.Sentry.Api;

namespace SentryOtel.Operator.Credentials;

/// <summary>
/// Clients of Sentry's API, and what they hold. Those of one token share one budget of requests. One that is replaced is disposed of after a while, since a pass that
/// has begun may still use it.
/// </summary>
internal sealed class SentryClients(TimeProvider timeProvider, Random random, ILoggerFactory loggerFactory) : IDisposable
{
    /// <summary>How long a client that was replaced may still be used: longer than any pass.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromMinutes(5);

    private readonly Lock _gate = new();
    private readonly Dictionary<ISentryApiClient, Held> _held = [];
    private readonly Dictionary<string, SharedBudget> _budgets = new(StringComparer.Ordinal);
    private readonly HashSet<ITimer> _timers = [];

    /// <summary>Clients that are not disposed of, and budgets that they share.</summary>
    public (int Clients, int Budgets) Count
    {
        get
        {
            lock (_gate)
            {
                return (_held.Count, _budgets.Count);
            }
        }
    }

    /// <summary>Makes a client.</summary>
    /// <exception cref="System.Security.Cryptography.CryptographicException">The authorities are no certificates.</exception>
    public ISentryApiClient Create(SentryExporterSpec spec, string organization, SentryToken token, string? authorities)
    {
        var handler = new SentryHttpOptions
        {
            CertificateAuthorities = authorities,
            ServerName = spec.Http.Tls?.ServerName,
            InsecureSkipVerify = spec.Http.Tls?.InsecureSkipVerify ?? false,
            ProxyUrl = spec.Http.ProxyUrl is { } proxy ? new Uri(proxy) : null,
        }.CreateHandler();
        var options = new SentryApiOptions
        {
            Url = new Uri(spec.Url),
            Organization = organization,
            Token = token,
            Timeout = GoDuration.Parse(spec.Timeout),
            Headers = spec.Http.Headers ?? [],
        };
        lock (_gate)
        {
            var budgetKey = $"{spec.Url}\n{token.Fingerprint}";
            if (!_budgets.TryGetValue(budgetKey, out var shared))
            {
                _budgets[budgetKey] = shared = new SharedBudget(new SentryApiBudget(timeProvider, random));
            }

            shared.Users++;
            var api = new SentryApiClient(options, handler, shared.Budget, timeProvider, random, loggerFactory.CreateLogger<SentryApiClient>());
            _held[api] = new Held(api, handler, budgetKey);
            return api;
        }
    }

    /// <summary>Nobody takes this client any more.</summary>
    public void Retire(ISentryApiClient api)
    {
        ITimer? timer = null;
        lock (_gate)
        {
            timer = timeProvider.CreateTimer(_ => End(api, timer), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            _timers.Add(timer);
            timer.Change(Grace, Timeout.InfiniteTimeSpan);
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            foreach (var timer in _timers)
            {
                timer.Dispose();
            }

            foreach (var api in _held.Keys.ToList())
            {
                EndLocked(api);
            }
        }
    }

    private void End(ISentryApiClient api, ITimer? timer)
    {
        lock (_gate)
        {
            EndLocked(api);
            if (timer is not null && _timers.Remove(timer))
            {
                timer.Dispose();
            }
        }
    }

    private void EndLocked(ISentryApiClient api)
    {
        if (!_held.Remove(api, out var held))
        {
            return;
        }

        held.Api.Dispose();
        held.Handler.Dispose();
        if (--_budgets[held.BudgetKey].Users == 0 && _budgets.Remove(held.BudgetKey, out var unused))
        {
            unused.Budget.Dispose();
        }
    }

    private sealed record Held(SentryApiClient Api, HttpMessageHandler Handler, string BudgetKey);

    private sealed class SharedBudget(SentryApiBudget budget)
    {
        public SentryApiBudget Budget => budget;

        public int Users { get; set; }
    }
}
