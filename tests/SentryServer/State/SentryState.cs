namespace SentryOtel.SentryServer.State;

/// <summary>Everything this Sentry knows. It outlives a restart of the server's ports.</summary>
public sealed class SentryState
{
    private volatile Modes _modes;

    internal SentryState(TimeProvider time, Organization organization, Modes modes, int recordedItems)
    {
        (Time, Organization, _modes) = (time, organization, modes);
        (Tokens, Received, Requests) = (new TokenStore(), new ReceivedStore(recordedItems), new RequestLog());
        (Teams, Projects, Keys, Relay, Limits) = (new TeamStore(this), new ProjectStore(this), new KeyStore(this), new RelayCache(this), new LimitStore(this));
    }

    /// <summary>The organisation.</summary>
    public Organization Organization { get; }

    /// <summary>How this Sentry behaves; replace it whole to change it.</summary>
    public Modes Modes
    {
        get => _modes;
        set => _modes = value;
    }

    /// <summary>The tokens.</summary>
    public TokenStore Tokens { get; }

    /// <summary>The teams.</summary>
    public TeamStore Teams { get; }

    /// <summary>The projects.</summary>
    public ProjectStore Projects { get; }

    /// <summary>The client keys.</summary>
    public KeyStore Keys { get; }

    /// <summary>What ingest remembers of keys.</summary>
    public RelayCache Relay { get; }

    /// <summary>The ingest limits.</summary>
    public LimitStore Limits { get; }

    /// <summary>The spans and logs that arrived, and those that were lost after a 200.</summary>
    public ReceivedStore Received { get; }

    /// <summary>Every request, on either port.</summary>
    public RequestLog Requests { get; }

    internal TimeProvider Time { get; }

    internal DateTimeOffset Now => Time.GetUtcNow();

    /// <summary>One lock for teams, projects, keys and the cache: changes of several are atomic.</summary>
    internal Lock Gate { get; } = new();
}
