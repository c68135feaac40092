namespace Chain.Node.Rpc;

/// <summary>The error codes of Bitcoin Core's RPC (protocol.h) that are in use here.</summary>
public static class RpcErrorCode
{
    /// <summary>The request is not JSON.</summary>
    public const int ParseError = -32700;

    /// <summary>The request is JSON, but no request.</summary>
    public const int InvalidRequest = -32600;

    /// <summary>Parameters that do not go together.</summary>
    public const int InvalidParams = -32602;

    /// <summary>There is no such method.</summary>
    public const int MethodNotFound = -32601;

    /// <summary>The server failed.</summary>
    public const int InternalError = -32603;

    /// <summary>Anything without a code of its own; also too many or too few parameters.</summary>
    public const int Misc = -1;

    /// <summary>A parameter of the wrong JSON type.</summary>
    public const int TypeError = -3;

    /// <summary>A malformed address, or an object that does not exist.</summary>
    public const int InvalidAddressOrKey = -5;

    /// <summary>A parameter of the right type with a value that makes no sense.</summary>
    public const int InvalidParameter = -8;

    /// <summary>Not connected to any peer.</summary>
    public const int ClientNotConnected = -9;

    /// <summary>Hexadecimal text that does not decode.</summary>
    public const int Deserialization = -22;

    /// <summary>The peer is known already.</summary>
    public const int NodeAlreadyAdded = -23;

    /// <summary>The peer is not known.</summary>
    public const int NodeNotAdded = -24;

    /// <summary>A transaction or block whose inputs are missing, or another failure to verify.</summary>
    public const int VerifyError = -25;

    /// <summary>A transaction or block that breaks a rule or policy.</summary>
    public const int VerifyRejected = -26;

    /// <summary>A transaction that is in the chain.</summary>
    public const int VerifyAlreadyInChain = -27;

    /// <summary>The peer to disconnect is not connected.</summary>
    public const int NodeNotConnected = -29;

    /// <summary>The method cannot be used in this state of the node (Core: forbidden by safe mode).</summary>
    public const int ForbiddenBySafeMode = -2;

    /// <summary>The wallet could not do it, and no other code says why.</summary>
    public const int WalletError = -4;

    /// <summary>The wallet's amount does not suffice.</summary>
    public const int InsufficientFunds = -6;

    /// <summary>The answer would take up too much memory.</summary>
    public const int OutOfMemory = -7;

    /// <summary>The node is still catching up with the chain.</summary>
    public const int InInitialDownload = -10;

    /// <summary>No label may have this name, or none has it.</summary>
    public const int WalletInvalidLabelName = -11;

    /// <summary>The wallet has no more keys made ahead.</summary>
    public const int WalletKeypoolRanOut = -12;

    /// <summary>A command of encrypted wallets for one that is not, or the other way round.</summary>
    public const int WalletWrongEncState = -15;

    /// <summary>The wallet could not be encrypted.</summary>
    public const int WalletEncryptionFailed = -16;

    /// <summary>The wallet is unlocked already.</summary>
    public const int WalletAlreadyUnlocked = -17;

    /// <summary>No wallet of this name is loaded.</summary>
    public const int WalletNotFound = -18;

    /// <summary>Several wallets are loaded, and the request does not say which one it means.</summary>
    public const int WalletNotSpecified = -19;

    /// <summary>The database failed.</summary>
    public const int DatabaseError = -20;

    /// <summary>The node is starting, and answers soon.</summary>
    public const int InWarmup = -28;

    /// <summary>Neither an address nor a subnet.</summary>
    public const int ClientInvalidIpOrSubnet = -30;

    /// <summary>There is no peer-to-peer network to ask.</summary>
    public const int ClientP2PDisabled = -31;

    /// <summary>No more connections are possible.</summary>
    public const int ClientNodeCapacityReached = -34;

    /// <summary>A wallet of this name is loaded already.</summary>
    public const int WalletAlreadyLoaded = -35;

    /// <summary>There is a wallet of this name already.</summary>
    public const int WalletAlreadyExists = -36;

    /// <summary>A method, or a value that it was given, has been out of use for long.</summary>
    public const int MethodDeprecated = -32;

    /// <summary>The passphrase is missing.</summary>
    public const int WalletUnlockNeeded = -13;

    /// <summary>The passphrase is wrong.</summary>
    public const int WalletPassphraseIncorrect = -14;
}

/// <summary>A method's answer where it can give none: Core's code, and a message for people.</summary>
public sealed class RpcException : Exception
{
    /// <summary>Creates the exception without a reason.</summary>
    public RpcException()
    {
    }

    /// <summary>Creates the exception with its message and the general code.</summary>
    public RpcException(string message) : base(message)
    {
    }

    /// <summary>Creates the exception with its message, its cause and the general code.</summary>
    public RpcException(string message, Exception innerException) : base(message, innerException)
    {
    }

    /// <summary>Creates the exception with its code and its message.</summary>
    public RpcException(int code, string message) : base(message) => Code = code;

    /// <summary>The HTTP status of an answer that was no JSON-RPC; else null.</summary>
    public System.Net.HttpStatusCode? HttpStatus { get; init; }

    /// <summary>Whether the node knows who calls, and its rpcwhitelist keeps this one method from them.</summary>
    public bool IsNotAllowed { get; init; }

    /// <summary>One of <see cref="RpcErrorCode"/>.</summary>
    public int Code { get; } = RpcErrorCode.Misc;
}
