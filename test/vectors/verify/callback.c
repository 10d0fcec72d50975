/*
 * Verifies a chain with libcrypto as `openssl verify` does, but with a callback that goes on after every error, and prints its calls:
 * `20@0` an error and its depth, `ok:20@0` a certificate that has been checked, then X509_verify_cert's answer and the last error.
 * callback.json holds what it says (OpenSSL 3.0.19) of the chains of test/unit/verify/cases.ts.
 *     cc callback.c -lcrypto -o callback && ./callback -CAfile trusted.pem -untrusted untrusted.pem -attime 1780315200 leaf.pem
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <openssl/pem.h>
static int cb(int ok,X509_STORE_CTX*c){printf("%s%d@%d ",ok?"ok:":"",X509_STORE_CTX_get_error(c),X509_STORE_CTX_get_error_depth(c));return 1;}
static STACK_OF(X509)*load(const char*f){STACK_OF(X509)*s=sk_X509_new_null();BIO*b=BIO_new_file(f,"r");X509*x;while((x=PEM_read_bio_X509_AUX(b,NULL,NULL,NULL)))sk_X509_push(s,x);BIO_free(b);return s;}
int main(int n,char**a){
 X509_STORE*st=X509_STORE_new();STACK_OF(X509)*un=NULL,*tr=NULL;X509_VERIFY_PARAM*p=X509_VERIFY_PARAM_new();X509*leaf=NULL;
 for(int i=1;i<n;i++){
  if(!strcmp(a[i],"-CAfile"))tr=load(a[++i]);
  else if(!strcmp(a[i],"-untrusted"))un=load(a[++i]);
  else if(!strcmp(a[i],"-attime"))X509_VERIFY_PARAM_set_time(p,atol(a[++i]));
  else if(!strcmp(a[i],"-no_check_time"))X509_VERIFY_PARAM_set_flags(p,X509_V_FLAG_NO_CHECK_TIME);
  else if(!strcmp(a[i],"-partial_chain"))X509_VERIFY_PARAM_set_flags(p,X509_V_FLAG_PARTIAL_CHAIN);
  else if(!strcmp(a[i],"-ignore_critical"))X509_VERIFY_PARAM_set_flags(p,X509_V_FLAG_IGNORE_CRITICAL);
  else if(!strcmp(a[i],"-check_ss_sig"))X509_VERIFY_PARAM_set_flags(p,X509_V_FLAG_CHECK_SS_SIGNATURE);
  else if(!strcmp(a[i],"-purpose")){X509_VERIFY_PARAM_set_purpose(p,X509_PURPOSE_get_id(X509_PURPOSE_get0(X509_PURPOSE_get_by_sname(a[++i]))));}
  else if(!strcmp(a[i],"-verify_depth"))X509_VERIFY_PARAM_set_depth(p,atoi(a[++i]));
  else if(!strcmp(a[i],"-auth_level"))X509_VERIFY_PARAM_set_auth_level(p,atoi(a[++i]));
  else if(!strcmp(a[i],"-verify_hostname"))X509_VERIFY_PARAM_add1_host(p,a[++i],0);
  else if(!strcmp(a[i],"-verify_email"))X509_VERIFY_PARAM_set1_email(p,a[++i],0);
  else if(!strcmp(a[i],"-verify_ip"))X509_VERIFY_PARAM_set1_ip_asc(p,a[++i]);
  else if(a[i][0]!='-')leaf=sk_X509_value(load(a[i]),0);
 }
 X509_STORE_set1_param(st,p);
 if(tr)for(int i=0;i<sk_X509_num(tr);i++)X509_STORE_add_cert(st,sk_X509_value(tr,i));
 X509_STORE_set_verify_cb(st,cb);
 X509_STORE_CTX*c=X509_STORE_CTX_new();X509_STORE_CTX_init(c,st,leaf,un);
 int r=X509_verify_cert(c);printf("| %d %d\n",r,X509_STORE_CTX_get_error(c));
}
