using SentryOtel.Gateway.Configuration.Values;

namespace SentryOtel.Gateway.Configuration;

/// <summary>An extension that says who may send to a receiver.</summary>
/// <param name="Id">Component id.</param>
/// <param name="File">Where the credentials are read, again whenever they changed; null when the configuration holds them.</param>
internal abstract record AuthenticatorConfiguration(string Id, string? File);

/// <summary><c>bearertokenauth</c>: one of some tokens.</summary>
/// <param name="Id">Component id.</param>
/// <param name="File">One token per line.</param>
/// <param name="Tokens">Tokens when there is no file.</param>
/// <param name="Header">The request header that holds the token.</param>
/// <param name="Scheme">The word before the token; empty for none.</param>
internal sealed record BearerTokenConfiguration(string Id, string? File, ValueList<Secret> Tokens, string Header, string Scheme)
    : AuthenticatorConfiguration(Id, File);

/// <summary><c>basicauth</c>: user and password, kept as Apache's htpasswd does.</summary>
/// <param name="Id">Component id.</param>
/// <param name="File">An htpasswd file.</param>
/// <param name="Inline">Lines of one, in addition.</param>
internal sealed record BasicAuthConfiguration(string Id, string? File, Secret? Inline) : AuthenticatorConfiguration(Id, File);
