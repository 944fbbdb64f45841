namespace SentryOtel.Kubernetes.Client.Credentials;

/// <summary>Gives the credential for the next request.</summary>
internal interface ICredentialSource
{
    /// <summary>Whether a refused credential may be followed by another one.</summary>
    bool CanRefresh { get; }

    ValueTask<Credential> GetAsync(CancellationToken cancellationToken);

    /// <summary>The server refused <paramref name="used"/>: forgets it, unless a newer one is already here.</summary>
    void Forget(Credential used);
}
