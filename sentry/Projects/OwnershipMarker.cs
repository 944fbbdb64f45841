using System.Security.Cryptography;
using System.Text;
using SentryOtel.Sentry.Api;

namespace SentryOtel.Sentry.Projects;

/// <summary>
/// A client key whose name says who created the project. Sentry has no labels on projects; a key's name outlives the loss of our own
/// state, is seen by people, and gives the owner a key of its own to revoke.
/// </summary>
internal static class OwnershipMarker
{
    private const string Prefix = "sentry-otel-operator/";
    private const int MaxNameLength = 64;

    /// <summary>Name of a key made for a project that was there before; says nothing about ownership.</summary>
    public const string AdoptedKeyName = "sentry-otel-operator";

    public static string NameFor(string owner) => Prefix.Length + owner.Length <= MaxNameLength
        ? Prefix + owner
        : Prefix + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(owner)))[..40];

    public static bool IsOurs(ProjectKey key, string owner) => key.Name == NameFor(owner);

    public static bool IsOthers(ProjectKey key, string owner) =>
        key.Name?.StartsWith(Prefix, StringComparison.Ordinal) == true && !IsOurs(key, owner);
}
