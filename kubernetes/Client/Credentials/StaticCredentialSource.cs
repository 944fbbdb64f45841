namespace SentryOtel.Kubernetes.Client.Credentials;

/// <summary>A credential that never changes.</summary>
internal sealed class StaticCredentialSource(Credential credential) : ICredentialSource
{
    public bool CanRefresh => false;

    public ValueTask<Credential> GetAsync(CancellationToken cancellationToken) => ValueTask.FromResult(credential);

    public void Forget(Credential used)
    {
        // There is no other one to come.
    }
}
