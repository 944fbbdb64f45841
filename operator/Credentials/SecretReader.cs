using System.Text;
using SentryOtel.Crds;
using SentryOtel.Kubernetes.Client;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Kubernetes.Informers;
using SentryOtel.Operator.References;

namespace SentryOtel.Operator.Credentials;

/// <summary>
/// Reads single keys of Secrets and ConfigMaps, live, for one pass: each object is asked for once in it, by its name, and nothing outlives it but versions.
/// </summary>
internal sealed class SecretReader(IKubernetesClient client)
{
    // No version is ever this: whatever is told of the object later is news.
    private const string Unreadable = "unreadable";

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly Dictionary<ObjectReference, string> _versions = [];
    private readonly Dictionary<ObjectKey, V1Secret?> _secrets = [];
    private readonly Dictionary<ObjectKey, V1ConfigMap?> _maps = [];

    /// <summary>What has been read, in which version; <see cref="ObjectWatchState.Absent"/> where there was nothing.</summary>
    public IReadOnlyDictionary<ObjectReference, string> Versions => _versions;

    /// <summary>The versions of all these references; null for those that were not read.</summary>
    public IReadOnlyDictionary<ObjectReference, string?> VersionsOf(IEnumerable<ObjectReference> references) =>
        references.ToDictionary(static reference => reference, reference => _versions.GetValueOrDefault(reference));

    /// <summary>The text of a Secret's key; a missing Secret, key or permission is an error that names it.</summary>
    public async Task<CredentialText> ReadAsync(string @namespace, SecretKeyReference reference, CancellationToken cancellationToken)
    {
        try
        {
            var secret = await SecretAsync(new ObjectKey(@namespace, reference.Name), cancellationToken).ConfigureAwait(false);
            return secret is null
                ? new CredentialError(CredentialReasons.SecretNotFound, $"Secret {@namespace}/{reference.Name} does not exist: create it")
                : Text(secret.Data, @namespace, reference);
        }
        catch (KubernetesException exception) when (exception.IsForbidden)
        {
            _versions[ObjectReference.Secret(@namespace, reference.Name)] = Unreadable;
            return new CredentialError(
                CredentialReasons.SecretForbidden, $"the operator may not read Secret {@namespace}/{reference.Name}: grant it get on secrets there");
        }
    }

    /// <summary>The PEM bundle that a source names.</summary>
    public async Task<CredentialText> ReadAsync(string @namespace, CertificateSource source, CancellationToken cancellationToken)
    {
        if (source.SecretKeyRef is { } secret)
        {
            return await ReadAsync(@namespace, secret, cancellationToken).ConfigureAwait(false);
        }

        var reference = source.ConfigMapKeyRef ?? throw new ArgumentException("A source without a reference is refused by the validator.", nameof(source));
        var map = await MapAsync(new ObjectKey(@namespace, reference.Name), cancellationToken).ConfigureAwait(false);
        return map?.Data?.TryGetValue(reference.Key, out var text) == true
            ? text
            : new CredentialError(
                CredentialReasons.CertificateAuthorityMissing,
                map is null
                    ? $"ConfigMap {@namespace}/{reference.Name} does not exist: create it"
                    : $"ConfigMap {@namespace}/{reference.Name} has no key \"{reference.Key}\"");
    }

    private async Task<V1Secret?> SecretAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        if (!_secrets.TryGetValue(key, out var secret))
        {
            _secrets[key] = secret = await client.GetAsync<V1Secret>(key.Name, key.Namespace, cancellationToken).ConfigureAwait(false);
            _versions[new ObjectReference(ReferencedKind.Secret, key)] = secret?.Metadata.ResourceVersion ?? ObjectWatchState.Absent;
        }

        return secret;
    }

    private async Task<V1ConfigMap?> MapAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        if (!_maps.TryGetValue(key, out var map))
        {
            _maps[key] = map = await client.GetAsync<V1ConfigMap>(key.Name, key.Namespace, cancellationToken).ConfigureAwait(false);
            _versions[new ObjectReference(ReferencedKind.ConfigMap, key)] = map?.Metadata.ResourceVersion ?? ObjectWatchState.Absent;
        }

        return map;
    }

    private static CredentialText Text(IDictionary<string, byte[]>? data, string @namespace, SecretKeyReference reference)
    {
        if (data?.TryGetValue(reference.Key, out var bytes) != true || bytes!.Length == 0)
        {
            return new CredentialError(CredentialReasons.SecretKeyMissing, $"Secret {@namespace}/{reference.Name} has no key \"{reference.Key}\", or it is empty");
        }

        try
        {
            return Utf8.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            return new CredentialError(CredentialReasons.SecretKeyMissing, $"key \"{reference.Key}\" of Secret {@namespace}/{reference.Name} is not text");
        }
    }
}
