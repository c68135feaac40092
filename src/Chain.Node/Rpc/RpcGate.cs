using System.Buffers.Text;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Chain.Node.Rpc;

/// <summary>
/// Who and what is let in. A browser's page is kept out four times over: it has no password, sends a foreign Host where its
/// own name was pointed at this machine (DNS rebinding), a foreign Origin where it calls across sites, and without asking
/// first only the kinds of content that forms have.
/// </summary>
internal sealed class RpcGate
{
    private const string Scheme = "Basic ";
    private static readonly string[] FormTypes = ["application/x-www-form-urlencoded", "multipart/form-data"];

    private readonly IReadOnlyList<RpcCredential> _credentials;
    private readonly IPAddress _bind;

    /// <summary>Takes who may come in, and the address that is listened on.</summary>
    public RpcGate(IReadOnlyList<RpcCredential> credentials, IPAddress bind)
    {
        _credentials = credentials;
        _bind = bind;
    }

    /// <summary>The status with which a request is turned away before anything of it is read; null where it is not.</summary>
    public int? FindRefusal(HttpRequest request)
    {
        if (!IsOwnName(request.Host.Host) || IsForeign(request)) return StatusCodes.Status403Forbidden;
        var origin = request.Headers.Origin;
        var type = (request.ContentType ?? "").Split(';')[0].Trim();
        var isForm = FormTypes.Contains(type, StringComparer.OrdinalIgnoreCase)
            || (origin.Count > 0 && type.Equals("text/plain", StringComparison.OrdinalIgnoreCase));
        return isForm ? StatusCodes.Status415UnsupportedMediaType : null;
    }

    /// <summary>
    /// The same for what everybody may see: it is kept from names that are not this machine's, and only what changes something
    /// is kept from the pages of others.
    /// </summary>
    public int? FindRefusalToShow(HttpRequest request) =>
        !IsOwnName(request.Host.Host) || (HttpMethods.IsPost(request.Method) && IsForeign(request)) ? StatusCodes.Status403Forbidden : null;

    /// <summary>The name in the value of the Authorization header, where it and its password are known; null where they are not.</summary>
    public string? Admit(string authorization)
    {
        if (!authorization.StartsWith(Scheme, StringComparison.Ordinal)) return null;
        var text = Encoding.UTF8.GetBytes(authorization[Scheme.Length..].Trim());
        if (Base64.DecodeFromUtf8InPlace(text, out var length) != System.Buffers.OperationStatus.Done) return null;
        var pair = text.AsSpan(0, length);
        var colon = pair.IndexOf((byte)':');
        if (colon < 0) return null;
        var isKnown = false;

        // All are looked at, so that the time does not tell which one it was.
        foreach (var credential in _credentials) isKnown |= credential.Matches(pair[..colon], pair[(colon + 1)..]);
        return isKnown ? Encoding.UTF8.GetString(pair[..colon]) : null;
    }

    private bool IsForeign(HttpRequest request) => request.Headers.Origin.Count > 0 && !IsOwnOrigin(request.Headers.Origin.ToString());

    private bool IsOwnOrigin(string origin) => Uri.TryCreate(origin, UriKind.Absolute, out var uri) && uri.Scheme == Uri.UriSchemeHttp && IsOwnName(uri.Host);

    /// <summary>A name of this machine as it sees itself; where others may come in, also the address that they use.</summary>
    private bool IsOwnName(string host)
    {
        if (host.Equals("localhost", StringComparison.OrdinalIgnoreCase)) return true;
        if (!IPAddress.TryParse(host, out var address)) return false;
        return IPAddress.IsLoopback(address) || address.Equals(_bind) || _bind.Equals(IPAddress.Any) || _bind.Equals(IPAddress.IPv6Any);
    }
}
